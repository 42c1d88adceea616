// One case: tells when something new happens in it. A case that the reader has just made shows it at once.
"use strict";
(() => {
  const news = document.getElementById("news");
  if (!news || !window.EventSource) return;
  const isNew = new URLSearchParams(location.search).has("done") && performance.now() < 60000;
  const source = new EventSource(`/flow/events?case=${encodeURIComponent(news.dataset.case)}`);
  source.onmessage = () => {
    if (isNew && scrollY < 40 && document.activeElement === document.body) { source.close(); location.reload(); return; }
    const link = document.createElement("a");
    link.href = location.href.split("#")[0];
    link.textContent = news.dataset.show;
    news.replaceChildren(`${news.dataset.text} `, link);
    news.hidden = false;
  };
})();
