/** One file, so the style is text here. Narrow windows get one column. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f6f8; --panel: #fff; --ink: #14212b; --faint: #55636e; --line: #d9e0e5; --bad: #a63a00; --good: #00654b; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0b1116; --panel: #131b21; --ink: #edf2f5; --faint: #9aaab5; --line: #2a3741; --bad: #ffb08a; --good: #6fe0bd; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
main, header { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 36px 0 4px; }
h3 { font-size: 15px; margin: 0 0 8px; font-weight: 650; }
p { margin: 4px 0; }
.faint { color: var(--faint); }
.bad { color: var(--bad); }
.good { color: var(--good); }
.said { font-size: 17px; margin: 10px 0; }
.panels { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; margin-top: 14px; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; min-width: 0; }
.wide { grid-column: 1 / -1; }
.plot { position: relative; height: 260px; }
.long { overflow: auto; max-height: 460px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; color: var(--faint); font-weight: 500; position: sticky; top: 0; background: var(--panel); }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
td:last-child:not(.number) { white-space: normal; min-width: 11em; }
td:last-child, th:last-child { padding-right: 0; }
.number { text-align: right; }
.figures { display: flex; flex-wrap: wrap; gap: 8px 36px; margin: 10px 0; }
.figure b { display: block; font-size: 26px; font-weight: 650; line-height: 1.2; }
ul { margin: 6px 0; padding-left: 20px; }
footer { color: var(--faint); max-width: 1180px; margin: 28px auto; padding: 0 20px; font-size: 13px; }
@media (max-width: 820px) { .panels { grid-template-columns: minmax(0, 1fr); } }
@media print { body { background: #fff; } .panel { break-inside: avoid; } .long { max-height: none; } }
`;
