// The cost page: a moved slider is answered at once, without a new page.
"use strict";
(() => {
  const form = document.getElementById("assumptions"), answer = document.getElementById("answer");
  if (!form) return;
  let asked = 0, timer = 0;
  const show = () => { for (const output of form.querySelectorAll("output")) output.textContent = `${form.elements[output.htmlFor.value].value} ${output.dataset.unit}`; };
  const ask = async () => {
    const number = ++asked, query = new URLSearchParams(new FormData(form));
    answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`/costs/answer?${query}`, { headers: { "X-Background": "1" } });
      if (!response.ok || number !== asked) return;
      answer.innerHTML = await response.text();
      history.replaceState(null, "", `/costs?${query}`);
    } finally { if (number === asked) answer.setAttribute("aria-busy", "false"); }
  };
  form.addEventListener("input", () => { show(); clearTimeout(timer); timer = setTimeout(ask, 60); });
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
})();
