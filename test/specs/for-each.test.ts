import { describe, expect, it } from 'vitest';
import { brief, diagnose, load, marked } from './support.ts';

const TENANTS = `acme:
  business: Acme Dental
  zip: 02134
  hours: { open: 08:30, limit: 600 }
  environments: [local, production]
  was: old-acme
02134:
  business: "Bolt & Co"
  zip: 1.10
  hours: { open: 9:00, limit: 0900 }
  environments: [local]
`;

const RECEPTION = `kind: assistant
key: reception-\${each.key}
for_each: { $file: ../tenants.yaml }
spec:
  name: \${each.value.business}
  instructions: { $file: "prompts/\${each.key}.md" }
  greeting: \${var.brand} answers for \${each.value.business}, \${each.value.hours.open}
  dynamic_variables: { zip: "\${each.value.zip}" }
  telephony_settings: { time_limit_secs: "\${each.value.hours.limit}" }
  tool_ids: [{ $ref: "tool/look-\${each.key}" }]
only: \${each.value.environments}
`;

const FILES = {
  'tenants.yaml': TENANTS,
  'assistants/reception.yaml': RECEPTION,
  'assistants/prompts/acme.md': 'Work for ${each.value.business}.\n',
  'assistants/prompts/02134.md': 'Work for ${each.value.business} at ${each.value.zip}.\n',
  'assistants/look.yaml': `kind: tool
key: look-\${each.key}
for_each: [acme, "02134"]
spec:
  type: function
  display_name: Look \${each.key}
  function: { name: look }
`,
};

describe('for_each', () => {
  it('makes one resource an entry, with scalars and names as they are written', async () => {
    const { resources, diagnostics, documents } = await load(FILES, 'local');
    expect(diagnostics.map(brief)).toEqual([]);
    expect(documents).toBe(2);
    expect(resources.get('assistant/reception-acme')?.spec).toEqual({
      name: 'Acme Dental',
      instructions: 'Work for Acme Dental.\n',
      greeting: 'Northwind answers for Acme Dental, 08:30',
      dynamic_variables: { zip: '02134' },
      telephony_settings: { time_limit_secs: 600 },
      tool_ids: [{ $ref: 'tool/look-acme' }],
    });
    expect(resources.get('assistant/reception-02134')?.spec).toMatchObject({
      instructions: 'Work for Bolt & Co at 1.10.\n',
      dynamic_variables: { zip: '1.10' },
      telephony_settings: { time_limit_secs: 900 },
    });
  });

  it('fills in only and moved_from, and takes the file name for a key that is not written', async () => {
    const inline = `kind: assistant
for_each:
  acme: { was: old-acme, where: production }
  bolt: { was: old-bolt, where: local }
spec: { name: "R \${each.key}", instructions: Hi }
only: ["\${each.value.where}"]
lifecycle: { moved_from: "\${each.value.was}" }
`;
    const { resources, elsewhere } = await load({ 'assistants/desk.yaml': inline }, 'production');
    expect([...resources.keys()]).toEqual(['assistant/desk-acme']);
    expect([...elsewhere]).toEqual(['assistant/desk-bolt']);
    expect(JSON.stringify(resources.get('assistant/desk-acme')?.lifecycle.movedFrom)).toContain(
      'assistant/old-acme',
    );
  });

  it('a base may use the entry of whoever extends it', async () => {
    const files = {
      'assistants/base.yaml':
        'kind: assistant\nabstract: true\nspec: { instructions: "Work for ${each.value.business}." }\n',
      'assistants/desk.yaml': `kind: assistant
extends: assistant/base
for_each: { acme: { business: Acme }, bolt: { business: Bolt } }
spec: { name: "\${each.value.business}" }
`,
    };
    const { resources, diagnostics } = await load(files);
    expect(diagnostics.map(brief)).toEqual([]);
    expect(resources.get('assistant/desk-bolt')?.spec.instructions).toBe('Work for Bolt.');
  });

  it('the values of a table may use variables', async () => {
    const files = {
      'assistants/desk.yaml': `kind: assistant
for_each: { acme: { line: "of \${var.brand}" } }
spec: { name: A, instructions: "Work \${each.value.line}." }
`,
    };
    const { resources } = await load(files, 'production');
    expect(resources.get('assistant/desk-acme')?.spec.instructions).toBe('Work of Northwind Ltd.');
  });

  it.each([
    ['a table that is none', 'for_each: §7\n', 'FOR_EACH_FORM'],
    ['a missing table', 'for_each: §{ $file: nope.yaml }\n', 'FILE_MISSING'],
    ['entries that make one key', 'for_each: { a: {}, b: {} }\nkey: §desk\n', 'FOR_EACH_FORM'],
    ['an entry whose name makes no key', 'for_each: { a_b: {} }\nkey: §"${each.key}"\n', 'KEY_INVALID'],
    ['a value that the entry lacks', 'for_each: { a: {} }\nonly: [§"${each.value.where}"]\n', 'EACH_UNKNOWN'],
    ['an abstract document', 'for_each: §{ a: {} }\nabstract: true\n', 'FOR_EACH_FORM'],
  ])('%s is an error', async (_what, lines, code) => {
    const { text, places } = marked(`kind: assistant\nspec: { name: A, instructions: Hi }\n${lines}`);
    const found = (await diagnose({ 'assistants/a.yaml': text })).map(brief);
    expect(found).toContain(`assistants/a.yaml:${places[0]} error ${code}`);
  });

  it('a value that no entry has is told at the text that names it', async () => {
    const files = { ...FILES, 'assistants/prompts/acme.md': 'Work for\n${each.value.busines}.\n' };
    expect((await diagnose(files)).map(brief)).toEqual(['assistants/prompts/acme.md:2:1 error EACH_UNKNOWN']);
  });
});
