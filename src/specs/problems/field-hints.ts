/** Where fields of older or other bodies belong, for people who bring one along. */
const HINTS: readonly (readonly [place: RegExp, hint: string])[] = [
  [
    /^\/promotion\/canary\/analysis\/command$/,
    'programs are named in assistantctl.yaml, hooks: { smoke: { run: [node, checks/smoke.mjs], env: [SMOKE_TOKEN] } }, and used by name: analysis: { hook: smoke }',
  ],
  [/^\/spec\/voice$/, 'write voice_settings: { voice: … }'],
  [/^\/spec\/(hold_music_url|background_audio)$/, 'write voice_settings: { background_audio: … }'],
  [/^\/spec\/fallback_model$/, 'write fallback_config: { model: … }'],
  [/^\/spec\/knowledge_base_ids$/, 'write a retrieval tool with bucket_ids'],
  [/^\/spec\/telephony_settings\/enabled$/, 'write enabled_features: [telephony] beside telephony_settings'],
  [/^\/spec\/messaging_settings\/enabled$/, 'write enabled_features: [messaging] beside messaging_settings'],
  [
    /^\/spec\/insight_settings\/(enabled|params|webhook_url|insights)$/,
    'insights belong to a document of kind insight_group; name it with insight_group_id: { $ref: insight_group/<key> }',
  ],
  [/\/filler_messages$/, 'the field is messages; the platform does not play filler_messages'],
  [/\/transfer\/targets\/\d+\/from$/, 'write from beside targets: it holds for all of them'],
  [/^\/spec\/(dynamic_variables_webhook|webhook_url)$/, 'the field is dynamic_variables_webhook_url'],
  [
    /^\/spec\/tool_mocks$/,
    'the API has no mocks of tools; let the test talk to a version whose tools lead to a test service',
  ],
  [
    /^\/spec\/(version_name|promote_to_main)$/,
    'it belongs to an update, which assistantctl words itself; see promotion',
  ],
];

/** What to write instead of a field that is not known at a place; undefined when nothing is known of it. */
export function fieldHint(pointer: string): string | undefined {
  return HINTS.find(([place]) => place.test(pointer))?.[1];
}
