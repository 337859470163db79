// What a script adds to the public pages. Everything works without it.
(() => {
  // What is chosen is in sight.
  document.querySelectorAll(".chips").forEach(row => row.querySelector("[aria-current],:checked")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  // A sign-up knows the zone of its browser, and suggests an address while the name is typed.
  const signup = document.querySelector("[data-signup]");
  if (signup) {
    const { timezone, tenant_name: name, slug } = signup.elements;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (signup.dataset.signup === "new" && [...timezone.options].some(option => option.value === zone)) timezone.value = zone;
    const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
    name.addEventListener("input", () => { slug.placeholder = plain(name.value); });
  }
})();
