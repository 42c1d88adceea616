// The live flow: batches of lines come as server-sent events, and are put on the page once per frame.
"use strict";
(() => {
  const list = document.getElementById("flow");
  if (!list || !window.EventSource) return;
  const MOST = 300;
  const status = document.getElementById("connection");
  const pause = document.getElementById("pause");
  const nothing = document.getElementById("nothing");
  const seen = new Set([...list.children].map((row) => row.dataset.id));
  let waiting = [], asked = false, paused = false;

  document.querySelector(".live").hidden = false;
  const tell = (state) => { status.className = state; status.textContent = status.dataset[state]; };

  const part = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.textContent = text;
    return element;
  };
  const row = (line) => {
    const item = document.createElement("li");
    item.className = `event ${line.tone} new`;
    item.dataset.id = line.id;
    const time = part("time", "", line.time);
    time.dateTime = line.at;
    const about = part("span", "about", "");
    if (line.link) { const link = part("a", "", line.about || line.state); link.href = line.link; about.append(link); } else about.textContent = line.about;
    item.append(time, part("span", `state ${line.tone}`, line.state), about, part("span", "from", [line.sender, line.municipality].filter(Boolean).join(" · ")));
    return item;
  };
  const draw = () => {
    asked = false;
    if (paused || !waiting.length) return;
    const fresh = waiting.slice(-MOST);
    waiting = [];
    const rows = document.createDocumentFragment();
    for (let i = fresh.length - 1; i >= 0; i--) rows.append(row(fresh[i]));
    const away = list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
    list.prepend(rows);
    for (let old = list.lastElementChild; list.children.length > MOST && old && old !== away; old = list.lastElementChild) old.remove();
    nothing.hidden = true;
  };
  const ask = () => { if (!asked && !paused) { asked = true; requestAnimationFrame(draw); } };

  const url = new URL(list.dataset.stream, location.href);
  url.searchParams.set("after", list.dataset.last);
  const source = new EventSource(url);
  source.onopen = () => tell(paused ? "paused" : "live");
  source.onerror = () => tell("lost");
  const take = (lines) => {
    for (const line of lines) {
      const id = String(line.id);
      if (seen.has(id)) continue;
      seen.add(id);
      waiting.push(line);
    }
    if (waiting.length > 20 * MOST) waiting = waiting.slice(-MOST);
    if (seen.size > 20000) for (const id of [...seen].slice(0, 10000)) seen.delete(id);
    ask();
  };
  source.onmessage = (event) => take(JSON.parse(event.data));
  list.addEventListener("lines", (event) => take(event.detail));
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.resume : pause.dataset.pause;
    tell(paused ? "paused" : "live");
    ask();
  });
})();
