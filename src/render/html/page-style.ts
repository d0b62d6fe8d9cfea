/** Layout and colours of the page; the palette of the graph comes before it. */
export const PAGE_CSS = `
:root{--page:#f4f5f8;--raise:#ffffff;--edge:#dfe3ea;--add:#e3f6e8;--addmark:#a6e2b6;--rem:#fdeaea;--remmark:#f6b9b9;--warn:#fff4e0;--warnedge:#e8a33d;--bad:#fdecec;--badedge:#cf222e;--focus:#3b5bdb}
@media (prefers-color-scheme:dark){:root{--page:#12161f;--raise:#1b212d;--edge:#2e3748;--add:#143524;--addmark:#1f6b3d;--rem:#3d1d20;--remmark:#84333a;--warn:#33270f;--warnedge:#b9812c;--bad:#3a191c;--badedge:#ff7b72;--focus:#91a7ff}}
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
code{overflow-wrap:anywhere}
code,pre,.diff,.fields td{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}
a{color:var(--assistant)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:12px;background:var(--raise);padding:8px 12px;z-index:2}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}
header{padding-top:36px}
h1{font-size:27px;line-height:1.25;margin:8px 0 4px;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:18px;margin:40px 0 12px;letter-spacing:-.01em}
h4{font-size:13px;font-weight:600;margin:18px 0 8px}
p{margin:8px 0}
.meta,.note,.why{color:var(--soft)}
.meta{font-size:14px;margin:0}
.pill{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 9px;font:600 12px/20px ui-sans-serif,system-ui,sans-serif;color:var(--soft);white-space:nowrap}
.pill.create,.pill.passed{color:var(--create)}.pill.update{color:var(--update)}.pill.delete,.pill.conflict,.pill.failed,.pill.error,.pill.timeout,.pill.missing{color:var(--delete)}.pill.takeover{color:var(--update)}.pill.adopt,.pill.move{color:var(--adopt)}.pill.drift{color:var(--drift)}
.env{color:var(--assistant)}
.tiles{display:flex;flex-wrap:wrap;gap:10px;padding:0;margin:22px 0 0;list-style:none}
.tiles li{background:var(--raise);border:1px solid var(--edge);border-radius:12px;padding:10px 16px;min-width:96px}
.tiles b{display:block;font-size:22px;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{color:var(--soft);font-size:13px}
.tiles .zero b{color:var(--soft);font-weight:400}
.tiles .create b{color:var(--create)}.tiles .update b{color:var(--update)}.tiles .delete b,.tiles .conflict b{color:var(--delete)}.tiles .takeover b{color:var(--update)}.tiles .adopt b,.tiles .move b,.tiles .promote b{color:var(--adopt)}.tiles .drift b{color:var(--drift)}
.tiles .zero b{color:var(--soft)}
.alert{border-left:4px solid var(--warnedge);background:var(--warn);border-radius:0 10px 10px 0;padding:10px 18px;margin:20px 0 0}
.alert.bad{border-color:var(--badedge);background:var(--bad)}
.alert ul{margin:4px 0;padding-left:18px}
.alert h2{font-size:15px;margin:0}
.card,details.change{background:var(--raise);border:1px solid var(--edge);border-radius:12px;margin:0 0 12px}
.card{padding:16px 20px}
details.change>summary{cursor:pointer;padding:12px 18px;display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;list-style:none;border-radius:12px}
details.change>summary::-webkit-details-marker{display:none}
details.change>summary::before{content:"";border:5px solid transparent;border-left:7px solid var(--soft);margin-right:-4px}
details.change[open]>summary::before{transform:rotate(90deg) translateX(2px)}
details.change>summary:hover{background:color-mix(in srgb,var(--edge) 35%,transparent)}
details.change>summary b{font-weight:600}
details.change>div{padding:2px 20px 18px;border-top:1px solid var(--edge)}
.why{font-size:14px;margin-left:auto}
details.whole{margin:8px 0 0}
details.whole summary{cursor:pointer;color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}
.scroll .fields,.scroll .list{min-width:560px}
.graphbox{overflow-x:auto;padding:12px;text-align:center}
.graphbox svg{max-width:none;height:auto}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:600;font-size:13px}
.list td,.list th,.fields td,.fields th{padding:7px 12px 7px 0;border-top:1px solid var(--edge);vertical-align:top}
.list thead th,.fields thead th{border-top:0;color:var(--soft);font-weight:500}
.fields td{width:34%;overflow-wrap:anywhere;white-space:pre-wrap}
.fields th{font-weight:400}
.fields.values td{width:68%}
del,ins{text-decoration:none;border-radius:3px;padding:1px 3px;-webkit-box-decoration-break:clone;box-decoration-break:clone}
del{background:var(--remmark)}
ins{background:var(--addmark)}
.fields .old{background:var(--rem);border-radius:3px;padding:1px 3px;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.fields .new{background:var(--add);border-radius:3px;padding:1px 3px;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.fields del,.fields ins{padding:1px 0}
.unset{color:var(--soft);font-style:italic}
.diff{table-layout:fixed;min-width:640px;border:1px solid var(--edge);border-radius:8px;line-height:1.5}
.diff thead th{padding:4px 10px;color:var(--soft);font:500 12px/20px ui-sans-serif,system-ui,sans-serif;border-bottom:1px solid var(--edge)}
.diff td{padding:1px 8px;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}
.diff td:nth-child(3){border-left:1px solid var(--edge)}
.diff thead th:nth-child(2){border-left:1px solid var(--edge)}
.diff col.no{width:46px}
.diff td.no{color:var(--soft);text-align:right;padding:1px 8px 1px 0;-webkit-user-select:none;user-select:none;font-variant-numeric:tabular-nums}
.diff .removed{background:var(--rem)}
.diff .added{background:var(--add)}
.diff .none{background:repeating-linear-gradient(135deg,transparent 0 6px,color-mix(in srgb,var(--edge) 55%,transparent) 6px 7px)}
.diff .gap td{text-align:center;color:var(--soft);background:var(--page);padding:0}
pre{margin:0;padding:12px 14px;background:var(--page);border:1px solid var(--edge);border-radius:8px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;max-height:480px}
.added-text pre{background:var(--add)}
.removed-text pre{background:var(--rem)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:10px 0 0;list-style:none;color:var(--soft);font-size:13px;justify-content:center}
.legend i{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:7px;background:var(--kind)}
.legend .assistant{--kind:var(--assistant)}.legend .tool{--kind:var(--tool)}.legend .mcp_server{--kind:var(--mcp)}.legend .test{--kind:var(--test)}.legend .integration{--kind:var(--integration)}
footer{color:var(--soft);font-size:13px;padding-top:28px;padding-bottom:48px}
footer pre{color:var(--ink);margin-top:8px}
@media (max-width:640px){header,main,footer{padding-left:14px;padding-right:14px}h1{font-size:22px}.why{margin-left:0}.diff{min-width:0;table-layout:auto}.diff colgroup,.diff thead,.diff td.no,.diff td.none{display:none}.diff tbody,.diff tr,.diff td{display:block;border-left:0}.diff td:nth-child(3){border-left:0}.diff tr:not(:has(td.removed)):not(:has(td.added)) td:not(.no):not(:last-child):not([colspan]){display:none}.scroll .fields{min-width:0}.fields thead{display:none}.fields tr,.fields th,.fields td,.fields.values td{display:block;width:auto;border-top:0;padding:2px 0}.fields tr{border-top:1px solid var(--edge);padding:8px 0}}
@media print{body{background:#fff}.card,details.change{break-inside:avoid-page}pre{max-height:none}}
`;
