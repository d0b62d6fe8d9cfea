import { isObject, type Json, type JsonObject } from '../model/json.ts';

/** Settings that name something of the platform which belongs to one assistant alone. */
const OWN: { readonly [block: string]: string } = {
  telephony_settings: 'default_texml_app_id',
  messaging_settings: 'default_messaging_profile_id',
};

/**
 * The configuration of a temporary copy. It has no channels, so that nothing is provisioned for it and no caller
 * reaches it. With `talk` a copy that takes calls from a browser keeps its telephony, without which there are none;
 * the application goes with the copy when that is deleted for good.
 */
export function detachedAssistant(config: JsonObject, { talk }: { readonly talk: boolean }): JsonObject {
  const body: { [name: string]: Json } = { ...config };
  for (const [block, name] of Object.entries(OWN)) {
    const settings = body[block];
    if (!isObject(settings)) continue;
    const { [name]: _own, ...rest } = settings;
    body[block] = rest;
  }
  body.enabled_features = talk && takesWebCalls(config) ? ['telephony'] : [];
  return body;
}

/** Whether a browser may call the assistant without credentials. */
export function takesWebCalls({ telephony_settings: telephony }: JsonObject): boolean {
  return isObject(telephony) && telephony.supports_unauthenticated_web_calls === true;
}
