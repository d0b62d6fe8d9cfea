/** What every account has from its beginning (the quirk `stockObjects`). */
import type { JsonObject } from '../../model/json.ts';
import type { EmulatedWorld } from '../contract/contract.ts';
import { fillToolPart, TOOL_TIMEOUT_MS } from '../contract/defaults.ts';
import { text } from '../contract/fields.ts';

/** Puts the platform's own objects into an account that holds nothing yet. */
export function stockAccount(world: EmulatedWorld, isNew: boolean): void {
  if (!isNew || !world.quirks.stockObjects) return;
  const created = { created_at: world.now().toISOString() };
  const insight: JsonObject = {
    id: world.uuid(),
    name: 'Summary',
    instructions: 'Summarize the conversation.',
    insight_type: 'default',
    webhook: '',
    ...created,
  };
  const group: JsonObject = {
    id: world.uuid(),
    name: 'Default',
    description: '',
    webhook: '',
    insight_ids: [text(insight, 'id')],
    ...created,
  };
  const hangup: JsonObject = {
    id: `tool-${world.uuid()}`,
    type: 'hangup',
    display_name: 'Default hangup',
    tool_definition: fillToolPart('hangup', {}),
    timeout_ms: TOOL_TIMEOUT_MS,
    ...created,
  };
  world.store.put('insights', text(insight, 'id'), insight);
  world.store.put('insight_groups', text(group, 'id'), group);
  world.store.put('tools', text(hangup, 'id'), hangup);
  world.store.commit();
}
