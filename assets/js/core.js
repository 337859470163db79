// What a script adds to every page. Everything works without it.
(() => {
  const $$ = selector => document.querySelectorAll(selector);

  // ---- Theme: changes without a request; the cookie is the server's own.
  $$("[data-theme-form]").forEach(form => form.addEventListener("submit", event => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  }));

  // ---- Forms: whoever sent one with flaws starts at their summary; one form is sent once, and again when its answer
  // was no page, or when somebody came back to it.
  document.getElementById("errors")?.focus();
  // What was pressed turns a ring until then.
  const sent = new Map();
  const free = form => {
    sent.get(form)?.removeAttribute("aria-busy");
    sent.delete(form);
  };
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (sent.has(form)) return event.preventDefault();
    sent.set(form, event.submitter);
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => free(form), 4000);
  });
  addEventListener("pageshow", () => [...sent.keys()].forEach(free));

  // ---- Toasts: six seconds, longer while looked at.
  const dismiss = toast => {
    let timer;
    const stop = () => clearTimeout(timer), start = () => {
      stop();
      if (!toast.matches(":hover, :focus-within")) timer = setTimeout(() => toast.remove(), 6000);
    };
    for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stop);
    // Where the focus goes is known a moment later.
    for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, () => setTimeout(start));
    start();
  };
  $$("[data-toast]").forEach(dismiss);
  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => node.nodeType === 1 && node.matches("[data-toast]") && dismiss(node)))).observe(document.getElementById("toasts"), { childList: true });
})();
