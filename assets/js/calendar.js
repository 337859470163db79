// Putting bookings elsewhere by hand, with a pointer or with keys. Without it the form that moves a booking does the same.
(() => {
  const ROW = 5, STEP = 3;
  const $ = selector => document.querySelector(selector);
  const form = $("#by-hand");
  if (!form) return;
  const words = form.dataset, start = () => Number($("#grid").dataset.start), rows = () => $("#grid").dataset.hours * 60 / ROW;
  const clock = row => { const minute = start() + (row - 1) * ROW; return [minute / 60 | 0, minute % 60].map(part => String(part).padStart(2, "0")).join(":"); };
  const snap = row => Math.round((row - 1) / STEP) * STEP + 1;
  const row = (col, y) => { const box = col.getBoundingClientRect(); return 1 + (y - box.top) / (box.height / rows()); };
  const place = wrap => ({ col: wrap.parentElement, row: Number(wrap.className.match(/\br-(\d+)/)[1]), span: Number(wrap.className.match(/\bs-(\d+)/)[1]) });
  const is = (one, other) => one.col === other.col && one.row === other.row && one.span === other.span;
  const label = (col, row, span) => `${clock(row)} – ${clock(row + span)}`;
  const put = (wrap, { col, row, span }) => {
    const time = wrap.querySelector(".ev-t"), end = wrap.querySelector(".ev-e");
    if (wrap.parentElement !== col) col.append(wrap);
    wrap.className = `evw r-${row} s-${span}`;
    time.firstChild.data = clock(row);
    if (end) end.textContent = ` – ${clock(row + span)}`;
  };

  // ---- Why it can't be there: nobody works, or somebody comes. The server decides; this only spares the way.
  const why = (wrap, { col, row, span }) => {
    if (row < 1 || row + span - 1 > rows()) return "closed";
    const met = [...col.children].find(other => {
      if (other === wrap || !other.matches(".evw, .blk")) return false;
      const at = place(other);
      return at.row < row + span && row < at.row + at.span;
    });
    return met ? (met.matches(".blk") ? "closed" : "taken") : "";
  };

  // ---- One sentence, and what can be done about it.
  const toast = (text, word, act) => {
    const box = document.createElement("div"), span = document.createElement("span");
    box.className = "toast";
    box.dataset.toast = "";
    span.textContent = text;
    box.append(span);
    if (word) {
      const way = document.createElement(typeof act === "string" ? "a" : "button");
      way.className = "toast-act";
      way.textContent = word;
      if (way.href === "") way.href = act; else way.onclick = () => { box.remove(); act(); };
      box.append(way);
    }
    $("#toasts").replaceChildren(box);
  };
  const asked = (ev, { col, row }) => `/app/bookings/${ev.id.slice(3)}/move?${new URLSearchParams({ date: col.dataset.date, time: clock(row), staff_id: col.dataset.staff })}`;
  const refuse = (ev, to, text) => toast(text, words.open, asked(ev, to));

  // ---- At once on the page, then on the server; put back if it is refused. What the stream tells of it is known already.
  const own = new Set();
  const commit = async (ev, from, to, minutes, undo) => {
    const wrap = ev.parentElement, id = ev.id.slice(3), version = Number(ev.dataset.v), before = ev.dataset.m;
    const body = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries({ staff_id: to.col.dataset.staff, date: to.col.dataset.date, time: clock(to.row), minutes, version, undo: undo ? "1" : "" })) body.set(name, value);
    own.add(`${id}.${version + 1}`);
    put(wrap, to);
    ev.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/app/bookings/${id}/arrangement`, { method: "POST", body, headers: { accept: "application/json" } });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok || !said.version) throw said.text;
      ev.dataset.v = said.version;
      ev.dataset.m = minutes;
      toast(said.text, undo ? "" : words.undo, () => commit(document.getElementById(ev.id) ?? ev, to, from, before, true));
    } catch (said) {
      own.delete(`${id}.${version + 1}`);
      put(wrap, from);
      refuse(ev, to, typeof said === "string" ? said : words.failed);
    } finally {
      ev.removeAttribute("aria-busy");
      document.dispatchEvent(new CustomEvent("changes"));
    }
  };
  addEventListener("changes", event => {
    const told = event.detail?.data && JSON.parse(event.detail.data).events;
    if (told?.length && told.every(one => own.has(one))) event.stopImmediatePropagation();
  }, true);
  /** Leaves it there, if it may be there. */
  const settle = (ev, from, to) => {
    if (is(from, to)) return;
    const problem = why(ev.parentElement, to);
    if (!problem) return commit(ev, from, to, Number(ev.dataset.m) + (to.span - from.span) * ROW);
    put(ev.parentElement, from);
    refuse(ev, to, words[problem]);
  };

  // ---- A pointer takes a booking, its lower edge, or free time. A finger waits a moment, else it scrolls.
  let held = null, dropped = false;
  const take = () => {
    held.on = true;
    $("#toasts").replaceChildren();
    document.documentElement.classList.add("is-taking");
    if (held.ev) held.ev.classList.add("drag");
    else held.wrap = held.col.appendChild(Object.assign(document.createElement("div"), { className: "evw", innerHTML: "<div class=\"draft num\"></div>" }));
  };
  const drop = cancelled => {
    const was = held;
    held = null;
    clearTimeout(was?.timer);
    if (!was?.on) return;
    dropped = true;
    setTimeout(() => dropped = false);
    document.documentElement.classList.remove("is-taking");
    if (!was.ev) {
      was.wrap.remove();
      if (!cancelled) choose(was);
      return;
    }
    was.ev.classList.remove("drag", "ghost");
    if (cancelled) put(was.wrap, was.from); else settle(was.ev, was.from, was.to);
    document.dispatchEvent(new Event("change"));
  };
  addEventListener("pointerdown", event => {
    if (event.button || held) return;
    const ev = event.target.closest?.(".ev[data-v]"), col = event.target.closest?.("#grid .col"), isTouch = event.pointerType === "touch";
    close();
    if (ev) {
      const box = ev.getBoundingClientRect(), from = place(ev.parentElement);
      held = { ev, wrap: ev.parentElement, from, to: from, dy: event.clientY - box.top, isEdge: !isTouch && box.bottom - event.clientY < 9 && box.height > 20 };
    } else if (col && !isTouch && event.target.matches(".col, .cell, .cell *")) held = { col, first: Math.floor((row(col, event.clientY) - 1) / STEP) * STEP + 1 };
    else return;
    Object.assign(held, { x: event.clientX, y: event.clientY, isTouch });
    if (isTouch) held.timer = setTimeout(take, 400);
  });
  addEventListener("pointermove", event => {
    if (!held) return;
    if (!held.on) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < 5) return;
      if (held.isTouch) return drop(true);
      take();
    }
    const { from } = held;
    if (!held.ev) {
      held.last = Math.max(held.first + STEP, Math.min(rows() + 1, snap(row(held.col, event.clientY) + 1)));
      held.wrap.className = `evw r-${held.first} s-${held.last - held.first}`;
      held.wrap.firstChild.textContent = label(held.col, held.first, held.last - held.first);
    } else {
      if (held.isEdge) held.to = { ...from, span: Math.max(STEP, snap(row(from.col, event.clientY)) - from.row) };
      else {
        const col = [...document.querySelectorAll("#grid .col")].find(one => { const box = one.getBoundingClientRect(); return event.clientX >= box.left && event.clientX < box.right; }) ?? held.to.col;
        held.to = { col, span: from.span, row: Math.max(1, Math.min(rows() + 1 - from.span, snap(row(col, event.clientY - held.dy)))) };
      }
      put(held.wrap, held.to);
      held.ev.classList.toggle("ghost", !is(from, held.to) && !!why(held.wrap, held.to));
    }
    const board = $("#grid-scroll"), box = board.getBoundingClientRect();
    board.scrollBy(0, event.clientY > box.bottom - 40 ? 12 : event.clientY < box.top + 90 ? -12 : 0);
  });
  addEventListener("pointerup", () => drop(false));
  addEventListener("pointercancel", () => drop(true));
  addEventListener("touchmove", event => held?.on && event.preventDefault(), { passive: false });
  addEventListener("dragstart", event => event.target.closest?.("#grid") && event.preventDefault());
  addEventListener("contextmenu", event => held?.isTouch && event.preventDefault());
  addEventListener("click", event => { if (dropped) { event.preventDefault(); event.stopPropagation(); } }, true);

  // ---- Free time becomes a booking or a private event.
  const close = () => $(".choose:not(:hover)")?.closest(".evw").remove();
  const choose = ({ col, first, last }) => {
    const wrap = document.createElement("div"), query = { date: col.dataset.date, staff_id: col.dataset.staff, time: clock(first), until: clock(last) };
    wrap.className = `evw r-${first} s-${last - first}`;
    wrap.append($("#choose").content.cloneNode(true));
    wrap.querySelector(".num").textContent = label(col, first, last - first);
    wrap.querySelectorAll("a").forEach(way => way.href += `?${new URLSearchParams(query)}`);
    col.append(wrap);
    wrap.querySelector("a").focus();
  };

  // ---- Alt and the arrows move the booking that has the focus, with Shift they change its end; it is sent once Alt is let go.
  let lifted = null;
  const lower = cancelled => {
    if (!lifted) return;
    const { ev, from } = lifted, to = place(ev.parentElement);
    lifted = null;
    ev.classList.remove("drag", "ghost");
    put(ev.parentElement, from);
    if (!cancelled) settle(ev, from, to);
    ev.focus();
  };
  addEventListener("keydown", event => {
    if (event.key === "Escape" && (held?.on || lifted || $(".choose"))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      $(".choose")?.closest(".evw").remove();
      drop(true);
      return lower(true);
    }
    const ev = event.target.closest?.(".ev[data-v]");
    if (!ev || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const wrap = ev.parentElement, at = place(wrap), cols = [...document.querySelectorAll("#grid .col")];
    lifted ??= { ev, from: at };
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const side = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const to = event.shiftKey
      ? { ...at, span: Math.max(STEP, at.span + by * STEP) }
      : { ...at, row: by ? snap(at.row + by * STEP) : at.row, col: cols[cols.indexOf(at.col) + side] ?? at.col };
    if (to.row < 1 || to.row + to.span - 1 > rows()) return;
    put(wrap, to);
    ev.classList.add("drag");
    ev.classList.toggle("ghost", !!why(wrap, to));
    ev.focus();
    ev.scrollIntoView({ block: "nearest" });
  }, true);
  addEventListener("keyup", event => event.key === "Alt" && lifted && (event.preventDefault(), lower(false)));
  addEventListener("blur", () => lower(false));
})();
