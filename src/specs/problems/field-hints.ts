/** Where a field of an older body, or of another kind, belongs. For people who copy a body of the API into a spec. */
const HINTS: readonly (readonly [place: RegExp, hint: string])[] = [
  [
    /^\/promotion\/canary\/analysis\/command$/,
    'programs are named in assistantctl.yaml, hooks: { smoke: { run: [node, checks/smoke.mjs], env: [SMOKE_TOKEN] } }, and used by name: analysis: { hook: smoke }',
  ],
  // Of the document.
  [
    /^\/(?:environments\/[^/]+|spec)\/spec$/,
    'below spec, and below the name of an environment, stand the fields themselves: leave this spec out',
  ],
  [
    /^\/(apiVersion|metadata)$/,
    'leave it out: a document is kind, key and spec; the key is the name of the file where none is written',
  ],
  [
    /^\/(id|address)$/,
    'leave it out: ids are kept in the state; assistantctl state import ADDRESS ID binds one',
  ],
  [/^\/depends_on$/, 'leave it out: the order follows from the references'],
  [/^\/(prevent_destroy|ignore_changes|moved_from)$/, 'it stands below lifecycle'],
  [/^\/(strategy|gate|canary)$/, 'it stands below promotion'],
  // Of the spec.
  [
    /^\/spec\/(prompt|system|system_prompt|systemPrompt|general_prompt|agent_instructions)$/,
    'the field is instructions',
  ],
  [
    /^\/spec\/(first_message|firstMessage|begin_message|welcome_message|initial_message|first_sentence)$/,
    'the field is greeting',
  ],
  [/^\/spec\/(llm|llm_model|model_name|model_id)$/, 'the field is model'],
  [/^\/spec\/(language|stt|asr|transcriber)$/, 'write transcription: { model: …, language: … }'],
  [/^\/spec\/(voice|voice_id|voiceId|tts|tts_voice)$/, 'write voice_settings: { voice: … }'],
  [/^\/spec\/(functions|actions)$/, 'the field is tools, or tool_ids for documents of kind tool'],
  [/^\/spec\/(variables|default_dynamic_variables)$/, 'the field is dynamic_variables'],
  [
    /^\/spec\/(id|version_id|created_at|updated_at)$/,
    'leave it out: the API sets it; assistantctl state import ADDRESS ID binds a live resource',
  ],
  [/^\/spec\/(transfer_list|handoffs|handoff)$/, 'write a tool of type handoff, below tools'],
  [/^\/spec\/(hold_music_url|background_audio)$/, 'write voice_settings: { background_audio: … }'],
  [/^\/spec\/fallback_model$/, 'write fallback_config: { model: … }'],
  [
    /^\/spec\/(temperature|max_tokens|top_p)$/,
    'leave it out: the API of assistants has no such setting; say in the instructions how to answer',
  ],
  [
    /^\/spec\/(phone_numbers?|phone_number_ids?|numbers?)$/,
    'leave it out: a number is given to an assistant in the portal, and leads to its application',
  ],
  [/^\/spec\/(knowledge_?base|knowledge|files|documents)$/, 'write a retrieval tool with bucket_ids'],
  [/^\/spec\/knowledge_base_ids$/, 'write a retrieval tool with bucket_ids'],
  [/^\/spec\/telephony_settings\/enabled$/, 'write enabled_features: [telephony] beside telephony_settings'],
  [/^\/spec\/messaging_settings\/enabled$/, 'write enabled_features: [messaging] beside messaging_settings'],
  [
    /^\/spec\/insight_settings\/(enabled|params|webhook_url|insights)$/,
    'insights belong to a document of kind insight_group; name it with insight_group_id: { $ref: insight_group/<key> }',
  ],
  [/^\/spec\/insight_settings\/group(_id)?$/, 'the field is insight_group_id'],
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

/** The same for the project file. */
const PROJECT_HINTS: typeof HINTS = [
  [
    /^(?:\/environments\/[^/]+)?\/(api_?key|apiKey|key|token|secret)$/,
    'a key is never read from a file: take it out, make a new one if it is in Git, and put it into the variable TELNYX_API_KEY; api_key_env names another variable',
  ],
  [
    /^(?:\/environments\/[^/]+)?\/(region|residency|host|url|api_base|endpoint|server)$/,
    'write base_url: https://api.telnyx.com/v2; the other regions are api.telnyx.eu, .com.au, .ca and .me',
  ],
  [/^\/(environment|env|envs)$/, 'the field is environments: a mapping of names'],
  [/^\/(name|project_name)$/, 'the field is project'],
  [/^\/vars$|^\/environments\/[^/]+\/vars$/, 'the field is variables'],
];

export function projectFieldHint(pointer: string): string | undefined {
  return PROJECT_HINTS.find(([place]) => place.test(pointer))?.[1];
}

/** What to write instead of a field that is not known at a place; undefined when nothing is known of it. */
export function fieldHint(pointer: string): string | undefined {
  return HINTS.find(([place]) => place.test(pointer))?.[1];
}
