// Lays a chart with zoom over a series that the server has drawn; the drawing stays for paper and for readers.

const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

for (const frame of document.querySelectorAll("[data-series]")) {
  const { months, lines, unit } = JSON.parse(document.getElementById(frame.dataset.series).textContent);
  const place = document.createElement("div");
  place.className = "series-chart";
  place.setAttribute("aria-hidden", "true");
  frame.prepend(place);
  frame.classList.add("series-live");
  const chart = window.echarts.init(place, null, { renderer: "canvas" });

  const long = months.length > 24;

  const draw = () => {
    const [text, quiet, line, first, second] = ["--ink", "--ink-2", "--line", "--lapis", "--saffron-mark"].map(ink);
    const written = { color: quiet, fontFamily: "Inter Sapar, sans-serif", fontSize: 12 };
    chart.setOption({
      animation: false,
      color: [first, second],
      grid: { left: 40, right: 96, top: 16, bottom: long ? 76 : 32 },
      tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: ink("--sheet"), borderColor: line, textStyle: { ...written, color: text } },
      xAxis: { type: "category", data: months, boundaryGap: false, axisLabel: written, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: "value", minInterval: 1, name: "", axisLabel: written, splitLine: { lineStyle: { color: line } } },
      dataZoom: !long ? [] : [
        { type: "slider", height: 28, bottom: 12, borderColor: line, textStyle: written, brushSelect: false },
        { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
      ],
      series: lines.map(({ name, values }, n) => ({
        name, type: "line", data: values, symbol: "none", lineStyle: { width: 2, type: n ? "dashed" : "solid" },
        endLabel: { show: true, formatter: name, color: text, fontFamily: written.fontFamily, fontSize: 12 },
      })),
      aria: { enabled: false, label: { description: unit } },
    });
  };
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => chart.resize()).observe(place);
}
