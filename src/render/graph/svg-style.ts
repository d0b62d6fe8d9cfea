/** Colours by name, light and dark. The page and a drawing of its own share them. */
export const GRAPH_PALETTE = `
:root{--ink:#1c2330;--soft:#5b6577;--line:#b9c1cf;--card:#ffffff;--assistant:#3b5bdb;--tool:#0c8599;--mcp:#6741d9;--test:#868e96;--integration:#c2255c;--create:#1a7f37;--update:#b35900;--delete:#cf222e;--adopt:#0969da;--drift:#8250df}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf2;--soft:#9aa5b8;--line:#4a5468;--card:#1b212d;--assistant:#91a7ff;--tool:#66d9e8;--mcp:#b197fc;--test:#adb5bd;--integration:#faa2c1;--create:#4ac26b;--update:#f0a150;--delete:#ff7b72;--adopt:#6cb6ff;--drift:#bf9bff}}
`;

export const GRAPH_CSS = `
.graph{font:13px/1 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.graph text{fill:var(--ink)}
.graph rect{fill:var(--card);stroke:var(--line);stroke-width:1.25}
.graph .dot{fill:var(--kind)}
.graph .assistant{--kind:var(--assistant)}
.graph .assistant rect{stroke:var(--assistant)}
.graph .assistant text{font-weight:600}
.graph .tool{--kind:var(--tool)}
.graph .mcp_server{--kind:var(--mcp)}
.graph .test{--kind:var(--test)}
.graph .integration{--kind:var(--integration)}
.graph .link path{fill:none;stroke:var(--line);stroke-width:1.5}
.graph .link .head{fill:var(--line);stroke:none}
.graph .link.handoff path{stroke:var(--assistant);stroke-width:1.75}
.graph .link.handoff .head{fill:var(--assistant);stroke:none}
.graph .link.tests path,.graph .link.gates path{stroke-dasharray:3 4}
.graph .link.gates path{stroke:var(--update)}
.graph .link .head,.graph .link.gates .head{stroke:none}
.graph .link.gates .head{fill:var(--update)}
.graph .link:hover path{stroke-width:3}
.graph .marked rect{stroke:var(--mark);stroke-width:2.5}
.graph .badge{fill:var(--mark)}
.graph .sign,.graph .assistant .sign{fill:var(--card);font-weight:700;text-anchor:middle}
.graph .create{--mark:var(--create)}
.graph .update{--mark:var(--update)}
.graph .delete,.graph .conflict{--mark:var(--delete)}
.graph .adopt{--mark:var(--adopt)}
.graph .drift{--mark:var(--drift)}
`;
