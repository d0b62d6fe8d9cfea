import { isArray, isObject, type Json, type JsonObject, jsonEqual } from '../../../model/json.ts';
import type { Found, KeptOtherwise, ProbeSubject } from './experiments.ts';
import { at, type Lab } from './lab.ts';

interface Sample {
  readonly form: string;
  readonly body: JsonObject;
  readonly path: readonly string[];
}

const transfer = (extra: JsonObject): JsonObject => ({
  tools: [
    {
      type: 'transfer',
      transfer: { from: '+13125550100', targets: [{ name: 'Probe', to: '+13125550101', ...extra }] },
    },
  ],
});

/** Values that servers like to keep in another form. */
const SAMPLES: readonly Sample[] = [
  { form: 'modelAlias', body: { model: 'openai/gpt-4o' }, path: ['model'] },
  {
    form: 'languageWidened',
    body: { transcription: { language: 'en' } },
    path: ['transcription', 'language'],
  },
  {
    form: 'rounded',
    body: { interruption_settings: { start_speaking_plan: { wait_seconds: 0.55 } } },
    path: ['interruption_settings', 'start_speaking_plan', 'wait_seconds'],
  },
  { form: 'numberAsText', body: { dynamic_variables: { n: 3 } }, path: ['dynamic_variables', 'n'] },
  { form: 'crlf', body: { instructions: 'One.\nTwo.' }, path: ['instructions'] },
  { form: 'blankLines', body: { greeting: 'One.\n\n\n\nTwo.' }, path: ['greeting'] },
  { form: 'straightQuotes', body: { greeting: '“It’s me”' }, path: ['greeting'] },
  { form: 'composed', body: { name: 'assistantctl probe Cafe\u0301' }, path: ['name'] },
  {
    form: 'urlSlash',
    body: { dynamic_variables_webhook_url: 'https://probe.example.com/variables' },
    path: ['dynamic_variables_webhook_url'],
  },
  {
    form: 'hostCase',
    body: { dynamic_variables_webhook_url: 'https://Probe.Example.com/variables/' },
    path: ['dynamic_variables_webhook_url'],
  },
  { form: 'phoneSpaced', body: transfer({}), path: ['tools', '0', 'transfer', 'targets', '0', 'to'] },
  { form: 'tagsLowerCase', body: { tags: ['Voice'] }, path: ['tags'] },
  { form: 'sorted', body: { tags: ['b', 'a'] }, path: ['tags'] },
  { form: 'deduplicated', body: { tags: ['a', 'a'] }, path: ['tags'] },
  { form: 'elementDefaults', body: transfer({}), path: ['tools', '0', 'transfer', 'targets', '0'] },
];

/** Sends each sample as a candidate and compares what came back for it. A refused sample settles nothing. */
export async function ownForms(
  lab: Lab,
  { path }: ProbeSubject,
  known: Found,
): Promise<{
  readonly found: Found;
  readonly forms: readonly KeptOtherwise[];
  readonly missingValues: readonly string[];
}> {
  const forms: KeptOtherwise[] = [];
  const names: string[] = [];
  const missingValues: string[] = [];
  for (const sample of SAMPLES) {
    const reply = await lab.post(path, { ...sample.body, promote_to_main: false });
    const sent = at(sample.body, ...sample.path);
    const version = reply.record.version_id;
    const read = typeof version === 'string' ? await lab.get(`${path}/versions/${version}`) : reply;
    const kept = at(read.record, ...sample.path);
    if (!reply.ok || sent === undefined || kept === undefined) missingValues.push(sample.form);
    else if (!isSame(sample, sent, kept, known)) {
      names.push(sample.form);
      forms.push({ path: `/${sample.path.join('/')}`, sent, kept });
    }
  }
  return { found: { ownForm: names }, forms, missingValues };
}

/** Order means nothing in sets that come back in another order each time, and noise of replies is told apart. */
function isSame({ form }: Sample, sent: Json, kept: Json, known: Found): boolean {
  if (form === 'elementDefaults' && isObject(sent) && isObject(kept)) {
    const added = Object.keys(kept).filter((name) => sent[name] === undefined && kept[name] !== null);
    return added.filter((name) => known.extraFields !== true || !name.startsWith('x_')).length === 0;
  }
  if (form === 'sorted' && known.reorder === true) return true;
  const plain = (value: Json): Json => (isArray(value) && form !== 'sorted' ? [...value].sort() : value);
  return jsonEqual(plain(sent), plain(kept));
}
