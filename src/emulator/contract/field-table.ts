/**
 * Types and limits of request bodies as the public OpenAPI document of the Telnyx API states them, as far as a server
 * must know them: which fields exist, which may be null, and the numbers. An injected validator can be stricter;
 * this table also decides what an unknown field and a null are.
 */
export interface FieldRule {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'any';
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  readonly nullable?: true;
  /** Known members of an object; without it the object is free. */
  readonly fields?: FieldRules;
  readonly required?: true;
}

export interface FieldRules {
  readonly [name: string]: FieldRule;
}

type Extra = Omit<FieldRule, 'type'>;
const string = (extra: Extra = {}): FieldRule => ({ type: 'string', ...extra });
const integer = (min?: number, max?: number): FieldRule => ({
  type: 'integer',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
const number = (min: number, max: number, extra: Extra = {}): FieldRule => ({
  type: 'number',
  min,
  max,
  ...extra,
});
const boolean: FieldRule = { type: 'boolean' };
const array = (extra: Extra = {}): FieldRule => ({ type: 'array', ...extra });
const free = (extra: Extra = {}): FieldRule => ({ type: 'object', ...extra });
const object = (fields: FieldRules, extra: Extra = {}): FieldRule => ({ type: 'object', fields, ...extra });
const any = (extra: Extra = {}): FieldRule => ({ type: 'any', ...extra });

const status = string({ oneOf: ['enabled', 'disabled'] });
const externalLlm = object({
  base_url: string({ required: true }),
  model: string({ required: true }),
  authentication_method: string({ oneOf: ['token', 'certificate'] }),
  certificate_ref: string(),
  forward_metadata: boolean,
  llm_api_key_ref: string(),
  token_retrieval_url: string(),
});
const nullableUrl = string({ nullable: true });

/** Settings of a speech-to-text model. */
const TRANSCRIPTION_SETTINGS = object({
  context: string(),
  eager_eot_threshold: number(0.3, 0.9),
  enable_endpoint_detection: boolean,
  end_of_turn_confidence_threshold: number(0, 1),
  eot_threshold: number(0.5, 0.9),
  eot_timeout_ms: integer(500, 10_000),
  interim_results: boolean,
  keyterm: any(),
  language_hints: array(),
  max_endpoint_delay_ms: integer(500, 3000),
  max_turn_silence: integer(100, 5000),
  min_turn_silence: integer(100, 5000),
  numerals: boolean,
  smart_format: boolean,
});

export const ASSISTANT_FIELDS: FieldRules = {
  name: string({ required: true }),
  instructions: string({ required: true }),
  model: string(),
  description: string(),
  greeting: string(),
  tools: array(),
  tool_ids: array(),
  mcp_servers: array(),
  integrations: array(),
  enabled_features: array(),
  tags: array(),
  a2a_agents: array(),
  llm_api_key_ref: string(),
  external_llm: externalLlm,
  fallback_config: object({ external_llm: externalLlm, llm_api_key_ref: string(), model: string() }),
  voice_settings: object({
    voice: string({ required: true }),
    api_key_ref: string(),
    background_audio: free(),
    expressive_mode: boolean,
    language_boost: string({ nullable: true }),
    similarity_boost: number(0, 1),
    speed: number(0, 2),
    style: number(0, 1),
    temperature: number(0, 1),
    use_speaker_boost: boolean,
    voice_speed: number(0.25, 2),
  }),
  transcription: object({
    api_key_ref: string(),
    language: string(),
    model: string(),
    region: string(),
    settings: TRANSCRIPTION_SETTINGS,
    challenger: object({
      model: string(),
      language: string({ nullable: true }),
      rule: string(),
      settings: TRANSCRIPTION_SETTINGS,
    }),
  }),
  interruption_settings: object({
    disable_greeting_interruption: boolean,
    enable: boolean,
    interrupt_prediction_threshold: number(0, 1, { nullable: true }),
    start_speaking_plan: object({
      wait_seconds: { type: 'number' },
      transcription_endpointing_plan: object({
        on_no_punctuation_seconds: { type: 'number' },
        on_number_seconds: { type: 'number' },
        on_punctuation_seconds: { type: 'number' },
      }),
    }),
  }),
  telephony_settings: object({
    default_texml_app_id: string(),
    disable_dtmf: boolean,
    fallback_destination: string(),
    noise_suppression: string({ oneOf: ['aicoustics', 'krisp', 'deepfilternet', 'disabled'] }),
    noise_suppression_config: free(),
    recording_settings: object({
      channels: string({ oneOf: ['single', 'dual'] }),
      enabled: boolean,
      format: string({ oneOf: ['wav', 'mp3'] }),
      stop_on_conversation_end: boolean,
    }),
    send_message_history_updates: boolean,
    supports_unauthenticated_web_calls: boolean,
    time_limit_secs: integer(30, 14_400),
    user_idle_reply_secs: integer(0),
    user_idle_timeout_secs: integer(10, 14_400),
    voicemail_detection: free(),
  }),
  messaging_settings: object({
    conversation_inactivity_minutes: integer(1, 10_000_000),
    default_messaging_profile_id: string(),
    delivery_status_webhook_url: string(),
  }),
  insight_settings: object({ insight_group_id: string() }),
  privacy_settings: object({ data_retention: boolean, in_transit_data_locality: boolean }),
  observability_settings: object({
    host: string(),
    prompt_label: string(),
    prompt_name: string(),
    prompt_sync: status,
    prompt_version: integer(),
    public_key_ref: string(),
    secret_key_ref: string(),
    status,
  }),
  post_conversation_settings: object({ enabled: boolean }),
  widget_settings: object({
    agent_thinking_text: string(),
    audio_visualizer_config: free(),
    default_state: string({ oneOf: ['expanded', 'collapsed'] }),
    give_feedback_url: nullableUrl,
    logo_icon_url: nullableUrl,
    position: string({ oneOf: ['fixed', 'static'] }),
    report_issue_url: nullableUrl,
    speak_to_interrupt_text: string(),
    start_call_text: string(),
    theme: string({ oneOf: ['light', 'dark'] }),
    view_history_url: nullableUrl,
  }),
  delegation_settings: object({
    enabled: boolean,
    mode: string({ oneOf: ['telnyx', 'client'] }),
    model: string(),
    external_llm: externalLlm,
    llm_api_key_ref: string(),
    instructions: string(),
    speak_results: boolean,
  }),
  websocket_settings: object({ enabled: boolean, url: string(), auth_ref: string() }),
  dynamic_variables: free(),
  dynamic_variables_webhook_url: string(),
  dynamic_variables_webhook_timeout_ms: integer(1, 10_000),
  conversation_flow: object({
    nodes: array({ required: true }),
    start_node_id: string({ required: true }),
    edges: array(),
  }),
};

export const TOOL_FIELDS: FieldRules = {
  type: string({ required: true }),
  display_name: string({ required: true }),
  timeout_ms: integer(0),
  webhook: free(),
  function: free(),
  client_side_tool: free(),
  handoff: free(),
  invite: free(),
  pay: free(),
  retrieval: free(),
  update_dynamic_variables: free(),
  hangup: free(),
  transfer: free(),
  refer: free(),
  send_dtmf: free(),
  send_message: free(),
  skip_turn: free(),
  whatsapp_template: free(),
};

export const MCP_FIELDS: FieldRules = {
  name: string({ required: true }),
  type: string({ required: true }),
  url: string({ required: true }),
  api_key_ref: string({ nullable: true }),
  allowed_tools: array({ nullable: true }),
  id: string(),
  created_at: string(),
};

export const TEST_FIELDS: FieldRules = {
  name: string({ required: true, min: 1, max: 255 }),
  destination: string({ required: true, min: 1 }),
  instructions: string({ required: true, min: 1, max: 5000 }),
  rubric: array({ required: true, min: 1 }),
  description: string({ max: 1000 }),
  max_duration_seconds: integer(1, 3600),
  telnyx_conversation_channel: string({ oneOf: ['phone_call', 'web_call', 'sms_chat', 'web_chat'] }),
  test_suite: string({ max: 100 }),
};

export const INSIGHT_FIELDS: FieldRules = {
  name: string({ required: true, min: 1 }),
  instructions: string({ required: true, min: 1 }),
  json_schema: any(),
  webhook: string(),
};

export const INSIGHT_GROUP_FIELDS: FieldRules = {
  name: string({ required: true, min: 1 }),
  description: string(),
  webhook: string(),
};
