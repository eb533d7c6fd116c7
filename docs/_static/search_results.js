// The results of a search: in Korean if it was typed so, without the TeX of formulas.
if (typeof Search !== "undefined") {
  const typed = new URLSearchParams(location.search).get("q") ?? "";
  if (/[가-힣]/.test(typed)) {
    document.getElementById("search-results").lang = "ko";
    Documentation.addTranslations({
      locale: "ko",
      plural_expr: "0",
      messages: {
        Searching: "찾는 중",
        "Search Results": "검색 결과",
        "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
          "맞는 페이지가 없습니다. 단어를 바르게 썼는지 확인해 보십시오.",
        "Search finished, found one page matching the search query.": [
          "${resultCount}개 페이지를 찾았습니다.",
        ],
      },
    });
  }
  // p_{\text{data}} becomes p_data; a formula with other commands becomes an ellipsis.
  const readable = (tex) => {
    const plain = tex
      .replace(/^\s*\\[([]|\\[)\]]\s*$/g, "")
      .replace(/\\(text|mathrm|mathbb|mathcal|operatorname)\s*\{([^{}]*)\}/g, "$2")
      .replace(/\\text\s*(\w)/g, "$1")
      .replace(/\\(log|exp|min|max|sigma|theta|mu)\b/g, "$1")
      .replace(/[{}]/g, "")
      .trim();
    return plain.includes("\\") ? "…" : plain;
  };
  const textOf = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const math of page.querySelectorAll(".math")) {
      math.textContent = readable(math.textContent);
    }
    for (const term of page.querySelectorAll("dt")) term.append(": ");
    return textOf(page.documentElement.outerHTML, anchor);
  };
}
