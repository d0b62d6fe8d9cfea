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

  it.each(['${ var.x }', '${vars.x}', '${VAR.x}', '${Var.x}', '${variables.x}', '${var:x}', '${var}', '${ each.key }'])(
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
    ['a URL of the user', 'name: A\n  instructions: Be kind.\n  dynamic_variables: { a: "https://§${HOST}/x" }'],
    ['a key', 'name: A\n  instructions: Be kind.\n  dynamic_variables: { §"${KEY}": x }'],
  ])('a placeholder in %s is an error', async (_where, lines) => {
    const { text, places } = marked(`kind: assistant\nspec:\n  ${lines}\n`);
    const found = await findings(text);
    expect(found).toContain(`${places[0]} error PLACEHOLDER_STAYS`);
  });
});
