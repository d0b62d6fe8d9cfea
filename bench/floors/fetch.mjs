// The floor of `plan`'s reading: the same pages, fetched as concurrently as their paging allows, parsed, thrown away.
const base = process.argv[2];
const headers = { authorization: 'Bearer KEY_TEST_BENCH' };

async function page(path) {
  const reply = await fetch(`${base}${path}`, { headers });
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return await reply.json();
}

async function paged(path) {
  const size = encodeURIComponent('page[size]');
  const number = encodeURIComponent('page[number]');
  const first = await page(`${path}?${size}=100&${number}=1`);
  const rest = Array.from({ length: Math.max(0, first.meta.total_pages - 1) }, (_, index) =>
    page(`${path}?${size}=100&${number}=${index + 2}`),
  );
  await Promise.all(rest);
}

await Promise.all([
  paged('/ai/assistants'),
  page('/ai/mcp_servers'),
  paged('/ai/tools'),
  paged('/ai/assistants/tests'),
]);
