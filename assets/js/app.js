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
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => free(form), 4000);
  });
  const free = form => { delete form.dataset.sent; form.querySelectorAll("[aria-busy]").forEach(button => button.removeAttribute("aria-busy")); };
  addEventListener("pageshow", () => $$("[data-sent]").forEach(free));

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

  // ---- What chooses sends itself: the date of the calendar, the filters of a list, what a form shows again.
  $$("[data-submit]").forEach(input => {
    const button = input.form.querySelector("button");
    if (button) button.hidden = true;
    input.addEventListener("change", () => input.value && input.form.requestSubmit());
  });
  $$("[data-filters] select").forEach(select => select.addEventListener("change", () => select.form.requestSubmit()));
  const refreshed = event => {
    const name = event.target.name, form = event.target.form;
    if (name && form) form.querySelectorAll("[data-refresh]").forEach(button => button.dataset.refresh.split(" ").includes(name) && button.click());
  };
  document.addEventListener("change", refreshed);

  // ---- The calendar begins where the day is; the line of the time that it is goes on.
  const board = $("#grid-scroll");
  if (board) {
    const first = $(".ev.sel") ?? $("#now") ?? $(".ev");
    if (first) board.scrollTop = Math.max(0, first.getBoundingClientRect().top - board.getBoundingClientRect().top - board.clientHeight / 3);
  }
  const tick = () => {
    const lane = $("#now"), time = $("#nowtime"), grid = $("#grid");
    if (!lane || !time) return;
    const now = new Date(), zone = grid.dataset.zone, parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
    const [hour, minute] = parts.split(":").map(Number), row = Math.floor((hour * 60 + minute - grid.dataset.start) / 5) + 1;
    time.textContent = parts;
    for (const mark of [lane, time]) mark.className = mark.className.replace(/\br-\d+\b/, `r-${row}`);
  };
  tick();
  setInterval(tick, 20000);
  document.addEventListener("htmx:after:swap", tick);

  // ---- The stream says that something has changed: the page asks for itself again, but not while somebody types.
  let asking = false, again = false;
  const isTyped = () => [...$$("#main textarea, #main input:not([type=radio], [type=checkbox], [type=hidden])")].some(input => input.value !== input.defaultValue);
  const look = async () => {
    if (asking) return again = true;
    if (isTyped()) return;
    asking = true;
    await htmx.ajax("GET", location.href, { target: "#main", select: "#main", selectOOB: "#nav:outerMorph", swap: "outerMorph" });
    asking = false;
    if (again) { again = false; look(); }
  };
  document.addEventListener("changes", look);

  // ---- Escape closes what is open beside the calendar.
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !$("dialog[open], details.menu[open]")) $("[data-key=close]")?.click();
  });

  // ---- The stream: after five seconds without it, a dot says so.
  let lost;
  document.addEventListener("htmx:sse:error", () => lost ??= setTimeout(() => $("#offline")?.removeAttribute("hidden"), 5000));
  document.addEventListener("htmx:sse:after:connection", () => { clearTimeout(lost); lost = undefined; $("#offline")?.setAttribute("hidden", ""); });
})();
