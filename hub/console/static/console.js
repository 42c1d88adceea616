// What every page has: signing out by itself after twenty minutes without use.
"use strict";
(() => {
  const idle = Number(document.body.dataset.idleS || 0) * 1000;
  const form = document.getElementById("sign-out");
  if (!idle || !form) return;
  const KEY = "knutepunkt-used";
  const used = () => { try { localStorage.setItem(KEY, String(Date.now())); } catch { /* private browsing */ } last = Date.now(); };
  let last = Date.now();
  used();
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, () => { if (Date.now() - last > 5000) used(); }, { passive: true });
  setInterval(() => {
    let elsewhere = 0;
    try { elsewhere = Number(localStorage.getItem(KEY) || 0); } catch { /* private browsing */ }
    if (Date.now() - Math.max(last, elsewhere) > idle) { form.elements.why.value = "idle"; form.submit(); }
  }, 10000);
})();
