import { DEFAULT_QUIRKS } from '../../../emulator/contract/quirks.ts';
import { KIND_NAMES } from '../../../model/address.ts';
import { DOCTOR_FORMAT, type ProbeReport } from '../../../model/doctor.ts';
import type { Json } from '../../../model/json.ts';
import { KINDS } from '../../../model/kinds.ts';
import {
  checks,
  deletes,
  insights,
  type KeptOtherwise,
  lists,
  order,
  replayedTool,
  servers,
  subject,
  telephony,
  tests,
  updates,
  versions,
} from './experiments.ts';
import { everything, type Lab, type LabTools, openLab, ProbeStopped, sweep, textAt } from './lab.ts';
import { ownForms } from './own-forms.ts';

/**
 * Finds out how an API behaves, on resources of its own that are removed whatever happens. What a killed probe left
 * behind goes first.
 */
export async function probe(
  tools: LabTools,
  about: { readonly environment: string; readonly account: string },
): Promise<ProbeReport> {
  const lab = openLab(tools);
  await sweep(lab);
  const found: { [quirk: string]: Json } = {};
  let forms: readonly KeptOtherwise[] = [];
  let stopped = false;
  try {
    forms = await experiment(lab, found);
  } catch (error) {
    if (!(error instanceof ProbeStopped)) {
      await sweep(lab);
      throw error;
    }
    stopped = true;
  }
  const { removed, left } = await sweep(lab);
  const open = Object.keys(DEFAULT_QUIRKS).filter((name) => name !== 'nested' && !Object.hasOwn(found, name));
  return {
    format_version: DOCTOR_FORMAT,
    ...about,
    found: Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))),
    open: stopped ? [...open, 'the probe was stopped'] : open,
    own_forms: forms,
    removed,
    left,
    api: {
      ...(found.listVersionId === undefined || found.listVersionId === 'main'
        ? {}
        : { list_version_id: found.listVersionId }),
      ...(forms.length === 0 ? {} : { own_form: [...new Set(forms.map(({ path }) => path))] }),
    },
  };
}

async function experiment(lab: Lab, found: { [quirk: string]: Json }): Promise<readonly KeptOtherwise[]> {
  const step = async <Value>(work: Promise<Value>): Promise<Value> => {
    const value = await work;
    if (lab.stop.aborted) throw new ProbeStopped();
    return value;
  };
  found.stockObjects = await step(hasStock(lab));
  const { tool, found: ofReplay } = await step(replayedTool(lab));
  Object.assign(found, ofReplay);
  const made = await step(subject(lab, tool));
  Object.assign(found, made.found);
  Object.assign(found, await step(servers(lab)), await step(insights(lab)));
  if (made.subject === undefined) return [];
  const { subject: own } = made;
  Object.assign(found, await step(lists(lab, own)));
  Object.assign(found, await step(order(lab, own)));
  Object.assign(found, await step(updates(lab, own)));
  Object.assign(found, await step(versions(lab, own)));
  Object.assign(found, await step(checks(lab, own)));
  const { found: ofForms, forms } = await step(ownForms(lab, own, found));
  Object.assign(found, ofForms);
  Object.assign(found, await step(tests(lab, own)));
  Object.assign(found, await step(telephony(lab, own)));
  Object.assign(found, await step(deletes(lab, own)));
  return forms;
}

/** Whether the account has the stock objects that the platform puts into every account. */
async function hasStock(lab: Lab): Promise<boolean> {
  for (const kind of KIND_NAMES) {
    const { stockName, collection, nameField } = KINDS[kind];
    if (stockName === undefined) continue;
    const all = await everything(lab, collection);
    if (!all.some((record) => textAt(record, nameField) === stockName)) return false;
  }
  return true;
}
