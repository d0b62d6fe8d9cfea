/** What the objects of an ElevenLabs export and the files of a CLI project are. */
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';

export type ElevenLabsPart = 'agent' | 'tool' | 'test' | 'index';

/** Undefined for what is not of ElevenLabs. */
export function elevenLabsPart(value: Json, file: string): ElevenLabsPart | undefined {
  if (!isObject(value)) return undefined;
  const names = Object.keys(value).map((name) => name.toLowerCase().replace(/[_-]/g, ''));
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => names.includes(name));
  if (has('conversationconfig') && !isWrapper(value)) return 'agent';
  if (has('toolconfig', 'apischema')) return 'tool';
  if (has('successcondition', 'simulationscenario') || (has('chathistory') && has('name'))) return 'test';
  const folder = file.split('/').at(-2) ?? '';
  if (folder === 'tool_configs' && typeof value.type === 'string') return 'tool';
  if (folder === 'test_configs' && typeof value.name === 'string') return 'test';
  return isIndex(value) ? 'index' : undefined;
}

function isWrapper(value: JsonObject): boolean {
  return isArray(value.agents) && value.name === undefined;
}

/** `agents.json` and its like: lists of names and file names, without a configuration. */
function isIndex(value: JsonObject): boolean {
  return ['agents', 'tools', 'tests'].some((name) => {
    const list = value[name];
    return (
      isArray(list) &&
      list.length > 0 &&
      list.every((each) => isObject(each) && typeof each.config === 'string')
    );
  });
}
