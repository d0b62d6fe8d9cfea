import { isObject } from '../../model/json.ts';
import {
  clientTool,
  headerList,
  parameterSchema,
  toolName,
  toolTimeout,
  valuePath,
  webhookTool,
} from '../blocks/webhook.ts';
import type { Carry } from '../carry.ts';
import type { Tool } from '../neutral.ts';
import { type Cursor, member, rawNumber, rawText } from '../source/cursor.ts';
import { bodyFields } from './body.ts';
import { responseExits, stored } from './conditions.ts';

/** A tool as Bland describes it: a service with a schema of its input. */
export function blandTool(carry: Carry, at: Cursor): Tool | undefined {
  if (!isObject(at.value)) {
    carry.ledger.lost(at, 'tool-missing', rawText(at));
    return undefined;
  }
  const config = member(at, 'config') ?? at;
  const written = member(at, 'name', 'label') ?? member(config, 'name');
  carry.ledger.exact(written);
  const name = toolName(rawText(written), 'tool');
  const description = carry.text(member(at, 'description') ?? member(config, 'description'));
  const input = parameterSchema(carry, member(config, 'input_schema', 'inputSchema', 'parameters'));
  const schema = input === undefined ? undefined : withoutExample(input);
  const url = carry.text(member(config, 'url'))?.trim() ?? '';
  const said = carry.text(member(at, 'speech') ?? member(config, 'speech'))?.trim();
  // Where a tool leads to is said by the edges of the step.
  if (responseExits(carry, member(at, 'responsePathways')).length > 0)
    carry.ledger.note(at, 'tool-detail', 'responsePathways');
  if (url === '') {
    carry.ledger.note(at, 'tool-no-server', name);
    return clientTool({ name, at, description, parameters: schema });
  }
  // Seconds for tools of a step, milliseconds in the library.
  const timeout = member(config, 'timeout');
  const body = bodyFields(carry, member(config, 'body'));
  carry.ledger.lost(member(config, 'retries'), 'tool-detail');
  return webhookTool(carry, {
    name,
    at,
    description,
    url,
    method: member(config, 'method'),
    headers: headerList(carry, member(config, 'headers'), name),
    parameters: schema,
    presetBody: schema === undefined ? body : undefined,
    messages: said ? [{ type: 'request_start', content: said }] : [],
    store: stored(carry, member(config, 'response', 'response_data', 'responseData'), valuePath),
    timeoutMs: toolTimeout(carry, timeout, (rawNumber(timeout) ?? 0) < 1000 ? 1000 : 1),
  });
}

function withoutExample(
  schema: NonNullable<ReturnType<typeof parameterSchema>>,
): NonNullable<ReturnType<typeof parameterSchema>> {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'example'));
}
