import { itemPath, segment } from './endpoints.ts';

/** Paths of what is used by hand or only looked at. Sources: the public OpenAPI document and the official SDK. */

export const TAGS_PATH = '/ai/assistants/tags';
export const CONVERSATIONS_PATH = '/ai/conversations';
export const CONNECTIONS_PATH = '/ai/integrations/connections';
export const SECRETS_PATH = '/integration_secrets';
export const BUCKETS_PATH = '/ai/embeddings/buckets';

export function clonePath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/clone`;
}

export function texmlPath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/texml`;
}

export function tagsPath(assistantId: string, tag?: string): string {
  const tags = `${itemPath('assistant', assistantId)}/tags`;
  return tag === undefined ? tags : `${tags}/${segment(tag)}`;
}

export function enhancePath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/instructions/enhance`;
}

export function chatPath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/chat`;
}

export const DELETED_PATH = '/ai/assistants/deleted';
export const INSIGHT_COUNTS_PATH = '/ai/conversations/conversation-insights/aggregates';

export function deletedPath(assistantId: string): string {
  return `${itemPath('assistant', assistantId)}/deleted`;
}

export function conversationInsightsPath(conversationId: string): string {
  return `${CONVERSATIONS_PATH}/${segment(conversationId)}/conversations-insights`;
}

export function attachmentPath(assistantId: string, toolId: string): string {
  return `${itemPath('assistant', assistantId)}/tools/${segment(toolId)}`;
}

export function eventsPath(assistantId: string, eventId?: string): string {
  const events = `${itemPath('assistant', assistantId)}/scheduled_events`;
  return eventId === undefined ? events : `${events}/${segment(eventId)}`;
}

export function integrationPath(integrationId: string): string {
  return `/ai/integrations/${segment(integrationId)}`;
}

export function connectionPath(connectionId: string): string {
  return `${CONNECTIONS_PATH}/${segment(connectionId)}`;
}

export function applicationPath(applicationId: string): string {
  return `/texml_applications/${segment(applicationId)}`;
}
