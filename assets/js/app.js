// What a script adds to the dashboard. Everything works without it.
(() => {
  const $ = selector => document.querySelector(selector), $$ = selector => document.querySelectorAll(selector);

  // ---- Theme: changes without a request; the cookie is the server's own.
  $$("[data-theme-form]").forEach(form => form.addEventListener("submit", event => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  }));

  // ---- Forms: whoever sent one with flaws starts at their summary; one form is sent once.
  $("#errors")?.focus();
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  addEventListener("pageshow", () => $$("[data-sent]").forEach(form => delete form.dataset.sent));

  // ---- Toasts: one at a time, six seconds, longer while looked at.
  const dismiss = toast => {
    let timer;
    const start = () => timer = setTimeout(() => toast.remove(), 6000), stop = () => clearTimeout(timer);
    for (const [type, act] of [["pointerenter", stop], ["focusin", stop], ["pointerleave", start], ["focusout", start]]) toast.addEventListener(type, act);
    start();
  };
  $$("[data-toast]").forEach(dismiss);
  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => node.nodeType === 1 && node.matches("[data-toast]") && dismiss(node)))).observe($("#toasts"), { childList: true });

  // ---- Copying.
  $$("[data-copy]").forEach(button => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.dataset.toast = "";
      toast.textContent = button.dataset.copied;
      $("#toasts").replaceChildren(toast);
    });
  });

  // ---- Menus close by Escape and by a click elsewhere.
  document.addEventListener("click", event => $$("details.menu[open]").forEach(menu => menu.contains(event.target) || (menu.open = false)));
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    $$("details.menu[open]").forEach(menu => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // ---- Keys. Single letters can be switched off (WCAG 2.1.4).
  const keys = $("[data-keys-switch]");
  if (keys) {
    keys.checked = localStorage.getItem("keys") !== "off";
    keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
  }
  const go = selector => { const link = $(selector); if (link) link.click(); return !!link; };
  document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      const dialog = $("#search");
      if (dialog) dialog.open || dialog.showModal(); else $("#q")?.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,[contenteditable],dialog")) return;
    if (event.key === "?") return $("#keys")?.showModal();
    if (keys && !keys.checked) return;
    const acted = { n: () => go("[data-key=n],.fab"), c: () => go("#nav a[href='/app/calendar']"), b: () => go("#nav a[href='/app/bookings']"), t: () => go("[data-key=t]"), ArrowLeft: () => go("[data-key=previous]"), ArrowRight: () => go("[data-key=next]"), "/": () => { $("#q")?.focus(); return true; } }[event.key]?.();
    if (acted) event.preventDefault();
  });
})();
