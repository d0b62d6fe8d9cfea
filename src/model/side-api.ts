import type { Json, JsonObject } from './json.ts';
import type { RemoteResource } from './remote.ts';

/** A conversation turn that is on its way: pieces of the answer as they arrive. */
export type OnPiece = (text: string) => void;

/** What an SMS conversation starts with. Numbers are E.164. */
export interface SmsRequest {
  readonly from: string;
  readonly to: string;
  readonly text: string | undefined;
}

/** Numbers are E.164. */
export interface WhatsappRequest {
  readonly from: string;
  readonly to: string;
  readonly content: string;
}

export interface InsightFilter {
  /** Field names; `metadata.NAME` is a field of the conversation. */
  readonly groupBy: readonly string[];
  readonly insightId: string | undefined;
}

/** What an enhancement starts from; without instructions the API takes the assistant's own. */
export interface Enhancement {
  readonly instructions: string | undefined;
  readonly wish: string | undefined;
}

export interface EventFilter {
  /** RFC 3339. */
  readonly from: string | undefined;
  /** RFC 3339. */
  readonly to: string | undefined;
  readonly channel: string | undefined;
}

/**
 * The rest of the API: what a person does by hand with an assistant and what is only looked at. Records are handed on
 * as they came, because they are only shown. Every method rejects with `ApiError` after its retries, also for 404.
 */
export interface SideApi {
  /** A copy of the assistant, without its telephony and messaging settings. */
  cloneAssistant(assistantId: string, idempotencyKey: string): Promise<RemoteResource>;
  /** The TeXML that the platform runs for calls. */
  assistantTexml(assistantId: string): Promise<string>;
  /** Every tag in use in the account. */
  listTags(): Promise<readonly string[]>;
  /** The assistant's tags afterwards. */
  addTag(assistantId: string, tag: string): Promise<readonly string[]>;
  /** The assistant's tags afterwards. */
  removeTag(assistantId: string, tag: string): Promise<readonly string[]>;
  /** Better instructions as a language model words them; nothing is changed. */
  enhanceInstructions(assistantId: string, from: Enhancement): Promise<string>;
  /** The id of a new conversation with the assistant. */
  startConversation(assistantId: string, idempotencyKey: string): Promise<string>;
  /** The answer to one message; with `onPiece` it is streamed where the API can. */
  chat(assistantId: string, conversationId: string, message: string, onPiece?: OnPiece): Promise<string>;
  /** The id of the conversation, where the API names one. */
  sendSms(assistantId: string, sms: SmsRequest, idempotencyKey: string): Promise<string | undefined>;
  /** Sends a WhatsApp message in the assistant's name; resolves to what the API says of the conversation. */
  sendWhatsapp(assistantId: string, message: WhatsappRequest, idempotencyKey: string): Promise<JsonObject>;
  /** What the insights found in a conversation. */
  conversationInsights(conversationId: string): Promise<readonly JsonObject[]>;
  /** Counts of what insights found, grouped by fields. */
  countInsights(filter: InsightFilter): Promise<readonly JsonObject[]>;
  /** Deleted assistants that can be restored. */
  listDeleted(): Promise<readonly JsonObject[]>;
  /** Undefined when no assistant of that id can be restored. */
  getDeleted(assistantId: string): Promise<JsonObject | undefined>;
  /** Calls a webhook tool as the assistant would; resolves to request and response. */
  testTool(assistantId: string, toolId: string, body: JsonObject): Promise<JsonObject>;
  attachTool(assistantId: string, toolId: string): Promise<void>;
  detachTool(assistantId: string, toolId: string): Promise<void>;
  listEvents(assistantId: string, filter: EventFilter): Promise<readonly JsonObject[]>;
  getEvent(assistantId: string, eventId: string): Promise<JsonObject>;
  createEvent(assistantId: string, body: JsonObject, idempotencyKey: string): Promise<JsonObject>;
  cancelEvent(assistantId: string, eventId: string): Promise<void>;
  /** The integration catalogue, with everything that the API tells of each entry. */
  listCatalogue(): Promise<readonly JsonObject[]>;
  getIntegration(integrationId: string): Promise<JsonObject>;
  listConnections(): Promise<readonly JsonObject[]>;
  getConnection(connectionId: string): Promise<JsonObject>;
  deleteConnection(connectionId: string): Promise<void>;
  /** Undefined when the API answers 404. */
  texmlApplication(applicationId: string): Promise<JsonObject | undefined>;
  /** The rules of an assistant's canary deploy with its dates; undefined when there is none. */
  showCanary(assistantId: string): Promise<JsonObject | undefined>;
  /** The account's integration secrets as records: identifier, `created_at`, `updated_at`; never their values. */
  listSecrets(): Promise<readonly JsonObject[]>;
  /** Identifiers of the account's integration secrets; asked for once. Their values are never told. */
  secretIdentifiers(): Promise<readonly string[]>;
  /** Names of the storage buckets that are embedded for retrieval; asked for once. */
  bucketNames(): Promise<readonly string[]>;
}

/** Tells whether a value may be a path segment that names something: ids never hold spaces or slashes. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(text);
}

/** A member of a record as text, for lists; empty when it is missing or no scalar. */
export function scalarText(value: Json | undefined): string {
  if (value === undefined || value === null || typeof value === 'object') return '';
  return String(value);
}
