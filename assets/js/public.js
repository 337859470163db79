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
  $$(".staff-row,.chips").forEach(row => row.querySelector("[aria-current],:checked")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  // Whoever sent a form with flaws starts at their summary.
  document.getElementById("errors")?.focus();
  setTimeout(() => $$("[data-toast]").forEach(toast => toast.remove()), 6000);
})();
