// What a script adds to the public pages. Everything works without it.
(() => {
  const $$ = selector => document.querySelectorAll(selector);
  // The theme changes without a request; the cookie is the server's own.
  $$("[data-theme-form]").forEach(form => form.addEventListener("submit", event => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  }));
  // What is chosen is in sight.
  $$(".chips").forEach(row => row.querySelector("[aria-current],:checked")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  // Whoever sent a form with flaws starts at their summary.
  document.getElementById("errors")?.focus();
  setTimeout(() => $$("[data-toast]").forEach(toast => toast.remove()), 6000);
  // A sign-up knows the zone of its browser, and suggests an address while the name is typed.
  const signup = document.querySelector("[data-signup]");
  if (signup) {
    const { timezone, tenant_name: name, slug } = signup.elements;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!document.getElementById("errors") && [...timezone.options].some(option => option.value === zone)) timezone.value = zone;
    const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
    name.addEventListener("input", () => { slug.placeholder = plain(name.value); });
  }
})();
