import { describe, expect, it } from 'vitest';
import { assistant, diagnose, findings, load, marked } from './support.ts';

const VALUES = `project: northwind
environments:
  local:
    target: emulator
    variables: { n: 600, half: 1.50, on: true, zip: 02134, main: "+13125550100", brand: Northwind }
`;

async function spec(lines: string, project = VALUES) {
  const { resources } = await load({ 'assistantctl.yaml': project, 'assistants/a.yaml': assistant(lines) });
  return resources.get('assistant/a')?.spec;
}

describe('values of variables', () => {
  it('a number from a variable can be used where the field wants a number', async () => {
    const found = await spec(`telephony_settings: { time_limit_secs: "\${var.n}" }
voice_settings: { voice: a, voice_speed: "\${var.half}" }
privacy_settings: { data_retention: "\${var.on}" }`);
    expect(found).toMatchObject({
      telephony_settings: { time_limit_secs: 600 },
      voice_settings: { voice_speed: 1.5 },
      privacy_settings: { data_retention: true },
    });
  });

  it('a variable stays the text as written where a text is wanted or anything may stand', async () => {
    const found = await spec(`greeting: \${var.zip}
dynamic_variables: { zip: "\${var.zip}", n: "\${var.n}", on: "\${var.on}", main: "\${var.main}" }`);
    expect(found).toMatchObject({
      greeting: '02134',
      dynamic_variables: { zip: '02134', n: '600', on: 'true', main: '+13125550100' },
    });
  });

  it('a variable that is no number is told of where a number is wanted', async () => {
    const files = {
      'assistantctl.yaml': VALUES,
      'assistants/a.yaml': assistant('telephony_settings: { time_limit_secs: "${var.brand}" }'),
    };
    const [problem, ...others] = await diagnose(files);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'TYPE_WRONG',
      message: 'must be a whole number, found the text "Northwind"',
    });
  });
});

describe('placeholders that are not ours', () => {
  it('a foreign placeholder in a text stays, with a warning at its place', async () => {
    const { text, places } = marked(assistant('greeting: Hello §${CLIENT}, and ${ }.'));
    expect(await findings(text)).toEqual([
      `${places[0]} warning PLACEHOLDER_STAYS`,
      expect.stringMatching(/warning PLACEHOLDER_STAYS$/),
    ]);
    const found = await spec('greeting: Hello ${CLIENT}, $${CLIENT}, $$${x}, ${open');
    expect(found).toMatchObject({ greeting: 'Hello ${CLIENT}, ${CLIENT}, $${x}, ${open' });
  });

  it('names the variable that was meant', async () => {
    const [problem] = await diagnose({ 'assistants/a.yaml': assistant('greeting: Hello ${brand}.') });
    expect(problem).toMatchObject({ severity: 'warning', code: 'PLACEHOLDER_STAYS' });
    expect(problem?.hint).toContain('did you mean ${var.brand}?');
  });

  it.each(['${ var.x }', '${vars.x}', '${VAR.x}', '${Var.x}', '${variables.x}', '${var:x}', '${ each.key }'])(
    'a near miss of a variable is an error: %s',
    async (written) => {
      const { text, places } = marked(assistant(`greeting: "Hello §${written}."`));
      expect(await findings(text)).toEqual([`${places[0]} error PLACEHOLDER_STAYS`]);
    },
  );

  it.each([
    ['a name', 'name: §${CLIENT}\n  instructions: Be kind.'],
    ['a URL', 'name: A\n  instructions: Be kind.\n  dynamic_variables_webhook_url: §${EDGE_URL}/init'],
    ['an id', 'name: A\n  instructions: Be kind.\n  tool_ids: ["§${TOOL}"]'],
    [
      'a URL of the user',
      'name: A\n  instructions: Be kind.\n  dynamic_variables: { a: "https://§${HOST}/x" }',
    ],
    ['a key', 'name: A\n  instructions: Be kind.\n  dynamic_variables: { §"${KEY}": x }'],
  ])('a placeholder in %s is an error', async (_where, lines) => {
    const { text, places } = marked(`kind: assistant\nspec:\n  ${lines}\n`);
    const found = await findings(text);
    expect(found).toContain(`${places[0]} error PLACEHOLDER_STAYS`);
  });
});

describe('variables on project, group and environment', () => {
  const LEVELS = `project: northwind
variables: { brand: Northwind, line: "\${var.brand} in \${var.city}", city: Chicago }
groups:
  acme: { variables: { brand: Acme, city: Boston } }
  tests: { variables: { city: Testville } }
environments:
  local: { target: emulator }
  acme-dev: { group: [acme, tests], target: emulator }
  acme-prod: { group: acme, target: emulator, variables: { city: Denver } }
`;

  it.each([
    ['local', 'Northwind in Chicago'],
    ['acme-dev', 'Acme in Testville'],
    ['acme-prod', 'Acme in Denver'],
  ])('the nearest wins, and variables use each other: %s', async (environment, greeting) => {
    const files = {
      'assistantctl.yaml': LEVELS,
      'assistants/a.yaml': assistant('greeting: ${var.line}'),
    };
    const { resources, diagnostics } = await load(files, environment);
    expect(diagnostics).toEqual([]);
    expect(resources.get('assistant/a')?.spec.greeting).toBe(greeting);
  });

  it('keeps what is written, through anchors too', async () => {
    const project = `project: northwind
variables: { zip: &zip 02134, again: *zip, on: yes, off: True, n: 1e3 }
environments: { local: { target: emulator } }
`;
    const { resources } = await load({
      'assistantctl.yaml': project,
      'assistants/a.yaml': assistant('greeting: ${var.zip} ${var.again} ${var.on} ${var.off} ${var.n}'),
    });
    expect(resources.get('assistant/a')?.spec.greeting).toBe('02134 02134 yes True 1e3');
  });

  it('variables that use each other in a circle are an error', async () => {
    const { text, places } = marked(`project: northwind
variables: { a: "\${var.b}" }
environments:
  local: { target: emulator, variables: { b: "§\${var.c}" } }
  other: { target: emulator, variables: { b: plain, c: x } }
groups: { g: { variables: { c: x } } }
`);
    const circle = text.replace('{ a: "${var.b}" }', '{ a: "${var.b}", c: "${var.a}" }');
    const found = await diagnose({
      'assistantctl.yaml': circle,
      'assistants/a.yaml': assistant('greeting: Hi'),
    });
    expect(found.map(({ code }) => code)).toContain('VARIABLE_CYCLE');
    expect(found.find(({ code }) => code === 'VARIABLE_CYCLE')?.message).toContain('a → b → c → a');
    expect(places).toHaveLength(1);
  });

  it.each([
    ['an unknown variable', '"${var.nope}"', 'error VARIABLE_UNKNOWN'],
    ['a near miss', '"${ var.b }"', 'error PLACEHOLDER_STAYS'],
    ['a foreign placeholder', '"${EDGE_URL}"', 'warning PLACEHOLDER_STAYS'],
  ])('%s inside the value of a variable is told of', async (_what, value, expected) => {
    const { text, places } = marked(
      `project: northwind\nenvironments:\n  local: { target: emulator, variables: { a: §${value}, b: x } }\n`,
    );
    const found = await diagnose({
      'assistantctl.yaml': text,
      'assistants/a.yaml': assistant('greeting: Hi'),
    });
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual([expected]);
    const [line, column] = (places[0] ?? '').split(':').map(Number);
    expect(found[0]?.position).toMatchObject({ file: 'assistantctl.yaml', line, column: (column ?? 0) + 1 });
  });
});

it('an entry is no part of a document without for_each', async () => {
  const { text, places } = marked(assistant('greeting: Hi §${each.key}'));
  expect(await findings(text)).toEqual([`${places[0]} error EACH_UNKNOWN`]);
});

describe('files that cannot be meant', () => {
  const prompt = (content: string) =>
    diagnose({
      'assistants/a.yaml': 'kind: assistant\nspec: { name: A, instructions: { $file: p.md } }\n',
      'assistants/p.md': content,
      'assistants/other.md': 'Be kind.\n',
    });

  it.each([
    [
      'a pointer of Git LFS',
      `version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n`,
      'FILE_BROKEN',
    ],
    ['conflict markers', `a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\n`, 'FILE_BROKEN'],
    [
      'conflict markers of Windows',
      `a\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> topic\r\n`,
      'FILE_BROKEN',
    ],
    ['half a conflict', `a\n<<<<<<< HEAD\nb\n=======\nc\n`, 'FILE_BROKEN'],
    ['the path of a link', 'other.md', 'FILE_BROKEN'],
    ['nothing', '', 'FILE_EMPTY'],
    ['blanks', ' \n\n\t\n', 'FILE_EMPTY'],
  ])('a prompt file that holds %s is an error', async (_what, content, code) => {
    expect((await prompt(content)).map((found) => `${found.severity} ${found.code}`)).toEqual([
      `error ${code}`,
    ]);
  });

  it.each(['Say =======\n=======\n', '>>>>>>> is how mails quote\n', 'other.txt\n'])(
    'a prompt file with a harmless likeness is taken: %s',
    async (content) => {
      expect(await prompt(content)).toEqual([]);
    },
  );

  it('conflict markers in a document and in the project file are one error each', async () => {
    const conflict = '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> topic\n';
    expect(await findings(`kind: assistant\n${conflict}`)).toEqual(['2:1 error FILE_BROKEN']);
    const found = await diagnose({ 'assistantctl.yaml': `project: a\n${conflict}` });
    expect(found.map(({ code }) => code)).toEqual(['FILE_BROKEN']);
  });
});

describe('numbers in maps of the user', () => {
  it.each([
    ['02134', 2134],
    ['+13125550100', 13125550100],
    ['1.10', 1.1],
    ['1e3', 1000],
    ['0x1F', 31],
    ['1.0', 1],
  ])('%s would be sent as another text, and the quoted form is told', async (written, value) => {
    const { text, places } = marked(assistant(`dynamic_variables: { zip: §${written}, n: 17 }`));
    const all = await diagnose({ 'assistants/a.yaml': text });
    // The API refuses fractions there, whatever their form.
    const found = all.filter(({ code }) => code !== 'VARIABLE_VALUE');
    expect(found.map((each) => `${each.position?.line}:${each.position?.column} ${each.code}`)).toEqual([
      `${places[0]} YAML_NUMBER`,
    ]);
    expect(found[0]).toMatchObject({
      severity: 'error',
      hint: `write "${written}" for the text, or ${value} for the number`,
    });
  });

  it('overlays, aliases and preset values are looked at too; schemas of parameters only for what is no number', async () => {
    const tool = (lines: string) => `kind: tool
spec:
  type: webhook
  display_name: W
  webhook:
    name: w
    description: d
    url: https://example.com
${lines.replace(/^/gm, '    ')}
`;
    const { text, places } = marked(tool('preset_body_fields: { a: &n §007, b: §*n, c: "007" }'));
    expect(await findings(text)).toEqual([
      `${places[0]} error YAML_NUMBER`,
      `${places[1]} error YAML_NUMBER`,
    ]);
    const schema = marked(
      tool(
        'body_parameters: { type: object, properties: { a: { type: number, minimum: 1.0, maximum: 1e3, default: §010 } } }',
      ),
    );
    expect(await findings(schema.text)).toEqual([`${schema.places[0]} error YAML_NUMBER`]);
    const overlay = marked(
      assistant('greeting: Hi', 'environments: { local: { dynamic_variables: { a: §0150 } } }'),
    );
    expect(await findings(overlay.text)).toEqual([`${overlay.places[0]} error YAML_NUMBER`]);
  });
});

describe('dynamic variables', () => {
  const desk = (lines: string) => assistant(`greeting: Hi §{{custmer_name}}\n${lines}`);

  it('one that nothing sets is a warning, with what was meant', async () => {
    const { text, places } = marked(desk('dynamic_variables: { customer_name: "" }'));
    const [problem, ...others] = await diagnose({ 'assistants/a.yaml': text });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      severity: 'warning',
      code: 'DYNAMIC_VARIABLE_UNKNOWN',
      hint: 'did you mean {{customer_name}}?',
    });
    expect(`${problem?.position?.line}:${problem?.position?.column}`).toBe(places[0]);
  });

  const webhook = `type: webhook
      webhook:
        name: w
        description: d
        url: https://example.com/{{telnyx_call_control_id}}
        store_fields_as_variables: [{ name: custmer_name, value_path: a.b }]`;

  it.each([
    ['dynamic_variables', 'dynamic_variables: { custmer_name: "" }'],
    ['a webhook for all', 'dynamic_variables_webhook_url: https://example.com/init'],
    ['a stored field of a tool', `tools:\n    - ${webhook}`],
    [
      'a tool that updates variables',
      'tools: [{ type: update_dynamic_variables, update_dynamic_variables: { name: u, description: d, updatable_variables: [{ name: custmer_name, description: d }] } }]',
    ],
    ['a shared tool that nobody manages here', 'tool_ids: [tool-1]'],
  ])('%s sets one', async (_what, lines) => {
    expect(await findings(desk(lines).replace('§', ''))).toEqual([]);
  });

  it('a shared tool may set one, and an assistant that hands over gives its own', async () => {
    const files = {
      'assistants/tool.yaml': `kind: tool\nspec:\n  display_name: W\n  ${webhook.replace(/^ {4}/gm, '')}\n`,
      'assistants/a.yaml': `${desk('tool_ids: [{ $ref: tool/tool }]').replace('§', '')}`,
      'assistants/b.yaml': `kind: assistant
spec:
  name: B
  instructions: Call them {{custmer_name}} and {{nobody}}.
`,
    };
    const handing = `${files['assistants/a.yaml']}`.replace(
      'name: A\n',
      'name: A\n  tools: [{ type: handoff, handoff: { ai_assistants: [{ name: B, id: { $ref: assistant/b } }] } }]\n',
    );
    const apart = await diagnose(files);
    expect(apart.map(({ message }) => message)).toEqual([
      'nothing sets the dynamic variable custmer_name',
      'nothing sets the dynamic variable nobody',
    ]);
    const together = await diagnose({ ...files, 'assistants/a.yaml': handing });
    expect(together.map(({ message }) => message)).toEqual(['nothing sets the dynamic variable nobody']);
  });
});
