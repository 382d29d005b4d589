// How a report looks on a screen and on paper.
#pragma once

#include <string_view>

namespace welfare::report {

// Fonts are those of the reader's machine: no font is embedded or fetched.
inline constexpr std::string_view kStyleSheet = R"css(
:root{--ink:#1a1f26;--faint:#4a5560;--rule:#d6dde2;--accent:#12436d;--wash:#edf2f7;--warn:#a33b00;--page:#fff;--desk:#e9edf0;--banner:#fdf6ec;--banner-ink:#5a3206}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--desk);color:var(--ink);line-height:1.7;font-size:15px;
font-family:"Hiragino Sans","Yu Gothic Medium","Yu Gothic","Meiryo","Noto Sans CJK JP","Noto Sans JP","IPAexGothic",sans-serif;
font-variant-numeric:tabular-nums;font-feature-settings:"palt" 0}
.page{position:relative;max-width:1180px;min-height:60vh;margin:22px auto;padding:44px 56px 60px;background:var(--page);
box-shadow:0 1px 3px rgba(20,40,55,.14)}
.page-head{display:flex;justify-content:space-between;gap:24px;margin:0 0 4px;font-size:14px;color:var(--faint)}
.page-head .topic{color:var(--accent);font-weight:600;letter-spacing:.04em}
h1{margin:0;font-size:34px;line-height:1.45;font-weight:600}
h2{margin:0 0 20px;padding:0 0 14px;border-bottom:2px solid var(--accent);font-size:24px;line-height:1.5;font-weight:600}
h3{margin:28px 0 8px;font-size:17px;line-height:1.5;font-weight:600;color:var(--accent)}
p{margin:0 0 10px;max-width:62em}
.key{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 18px;max-width:none;margin:0 0 18px;padding:12px 20px;background:var(--wash)}
.key .label,.key .last{font-size:14px;color:var(--faint)}
.key .number{font-size:40px;line-height:1.2;color:var(--accent)}
.key .unit{margin-left:4px;font-size:22px;color:var(--accent)}
.key .detail{font-size:17px}
ul{margin:0 0 14px;padding-left:1.3em;max-width:62em}
li{margin:0 0 5px}
dl{display:grid;grid-template-columns:max-content 1fr;margin:0 0 16px;border-top:1px solid var(--rule)}
dt,dd{margin:0;padding:9px 0;border-bottom:1px solid var(--rule)}
dt{padding-right:32px;color:var(--faint);font-weight:600}
dd{overflow-wrap:anywhere}
dd span{display:block}
figure{margin:26px 0 30px;break-inside:avoid}
figcaption{margin:0 0 10px;padding-left:12px;border-left:4px solid var(--accent)}
figcaption .title{display:block;font-size:17px;font-weight:600;line-height:1.5}
figcaption .base{font-size:14px;color:var(--faint)}
figcaption .mark{color:var(--ink);font-weight:600}
.table{position:relative}
.body{display:grid;grid-template-columns:minmax(0,1fr);gap:18px;align-items:start}
.with-chart .body{grid-template-columns:520px minmax(0,1fr);gap:32px}
.narrow .body{max-width:760px}
.long tbody th{min-width:13em}
.long table{font-size:14px}
.charts,.table{overflow-x:auto}
svg{display:block;max-width:none;margin:0 0 14px;font-family:inherit}
table{width:100%;border-collapse:collapse;font-size:14px;line-height:1.5}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:5px 8px;border-bottom:1px solid var(--rule);vertical-align:top;font-weight:400}
thead th{border-bottom:1.5px solid var(--accent);font-size:14px;color:var(--faint);vertical-align:bottom;text-align:left}
tbody th{text-align:left}
th.n,td.n{text-align:right;white-space:nowrap}
th.s,td.s,thead th.n{white-space:nowrap}
tbody th,tbody td:not([class]){min-width:6.5em}
thead td{border-bottom:0}
thead th.g{text-align:center;border-bottom:1px solid var(--rule);color:var(--ink);font-weight:600}
tr.muted th,tr.muted td{color:var(--faint)}
tbody tr:nth-child(even){background:var(--wash)}
.quotes{columns:2 22em;column-gap:32px}
.quotes h3{margin:0 0 6px;font-size:15px;break-after:avoid}
.quotes ul{max-width:none;margin:0 0 16px;padding:0;list-style:none}
.quotes li{margin:0 0 12px;padding-left:13px;border-left:3px solid var(--accent);break-inside:avoid}
.quotes blockquote,.quotes p{margin:0}
.quotes p{font-family:"Hiragino Mincho ProN","Yu Mincho","Noto Serif CJK JP","Noto Serif JP","IPAexMincho",serif;font-size:16px;line-height:1.75;overflow-wrap:anywhere}
.quotes cite{font-size:14px;font-style:normal;color:var(--faint)}
.notes{margin:10px 0 0;padding:0;list-style:none;font-size:14px;color:var(--faint);line-height:1.6}
.notes li::before{content:"注) "}
.legend{margin:30px 0 0;padding:10px 0 0;border-top:1px solid var(--rule);font-size:14px;color:var(--faint)}
.legend b{color:var(--ink);font-weight:600;margin-right:.5em}
.legend span{display:inline-block;margin-right:2em}
u.newcomer{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:4px;text-decoration-color:var(--accent);font-weight:600}
.names{display:grid;grid-template-columns:13em 1fr;gap:4px 28px;padding:11px 0;border-bottom:1px solid var(--rule)}
.names h3{margin:0;font-size:16px}
.names .count{font-size:14px;color:var(--faint)}
.names p{margin:0;max-width:none}
.synthetic{display:inline-block;padding:1px 10px;border:1px solid var(--warn);border-radius:2px;color:var(--warn);font-size:14px;font-weight:600;white-space:nowrap}
.made-up{display:inline-block;margin-left:10px;padding:0 7px;border:1px solid var(--warn);border-radius:2px;color:var(--warn);font-size:14px;font-weight:600;white-space:nowrap;vertical-align:2px}
.left-out{color:var(--warn);font-size:14px}
.foot{position:absolute;left:56px;right:56px;bottom:22px;display:flex;justify-content:space-between;font-size:14px;color:var(--faint)}
.cover{display:flex;flex-direction:column;justify-content:center;min-height:760px;border-top:10px solid var(--accent)}
.cover .subtitle{margin:14px 0 0;font-size:20px;color:var(--faint)}
.cover .year{margin:0 0 14px;font-size:18px;color:var(--accent);font-weight:600}
.cover dl{margin:70px 0 0;max-width:46em}
.cover .banner{margin:36px 0 0;padding:12px 18px;border-left:5px solid var(--warn);background:var(--banner);color:var(--banner-ink);font-size:14px;max-width:60em}
nav ol{columns:2;column-gap:48px;margin:0;padding:0;list-style:none;font-size:14px}
nav li{break-inside:avoid;border-bottom:1px solid var(--rule);margin:0;padding:5px 0;display:flex;gap:12px}
nav .no{flex:0 0 3.4em;color:var(--accent);font-weight:600}
nav a{color:inherit;text-decoration:none}
nav a:hover,nav a:focus{text-decoration:underline}
.skip{position:absolute;left:8px;top:-60px;padding:8px 16px;background:var(--page);color:var(--accent);z-index:1}
.skip:focus{top:8px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media screen and (prefers-color-scheme:dark){
:root{--ink:#e6eaee;--faint:#aab4be;--rule:#3a444d;--accent:#8dbbe0;--wash:#222c35;--warn:#ffb38a;--page:#1a2026;--desk:#0f1317;--banner:#33261a;--banner-ink:#ffd9b8}
svg{background:#fff;padding:6px;border-radius:4px}
}
@media screen and (max-width:900px){.page{padding:28px 20px 56px}.with-chart .body{grid-template-columns:minmax(0,1fr)}.names{grid-template-columns:1fr}nav ol{columns:1}}
@media screen and (max-width:1140px){.with-chart .body{grid-template-columns:minmax(0,1fr)}}
@media screen and (max-width:520px){h1{font-size:26px}h2{font-size:20px}.cover{min-height:0}.cover dl{margin:28px 0 0}
.page{padding:20px 14px 72px}.page-head{flex-wrap:wrap;gap:6px}dl{grid-template-columns:minmax(0,1fr)}dt{border-bottom:0;padding-bottom:0}
.foot{left:14px;right:14px}.key{padding:12px}.key .number{font-size:32px}}
@page{size:A4 landscape;margin:12mm 14mm}
@media print{
body{background:#fff;font-size:9pt;line-height:1.55}
h1{font-size:25pt}
h2{font-size:16pt;margin:0 0 10pt;padding:0 0 7pt}
h3{font-size:11pt;margin:10pt 0 4pt;break-after:avoid}
figure{margin:11pt 0 12pt}
figcaption{margin:0 0 5pt}
figcaption .title{font-size:11pt}
figcaption .base,.notes,.legend{font-size:7.5pt}
table{font-size:8pt;line-height:1.35}
thead th,thead th.g{font-size:7.5pt}
th,td{padding:2pt 5pt}
nav ol{font-size:10pt}
.with-chart .body{grid-template-columns:minmax(0,11fr) minmax(0,9fr);gap:18pt}
.charts,.table{overflow:visible}
.quotes{columns:2}
.quotes h3{font-size:9.5pt}
.quotes p{font-size:9.5pt}
.quotes cite{font-size:8pt}
.synthetic,.page-head,.foot,.names .count,.left-out{font-size:8pt}
.made-up{font-size:7.5pt}
.skip{display:none}
svg{width:100%;height:auto}
.names{padding:5pt 0;break-inside:avoid}
.page{max-width:none;min-height:0;margin:0;padding:0 0 9mm;box-shadow:none;break-after:page}
.page:last-of-type{break-after:auto}
.cover{min-height:165mm}
.foot{position:static;margin-top:6mm}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
tr{break-inside:avoid}
thead{display:table-header-group}
.long{break-inside:auto}
.long table{font-size:7pt}
}
)css";

}  // namespace welfare::report
