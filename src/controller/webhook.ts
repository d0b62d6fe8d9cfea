import { createHmac, timingSafeEqual } from 'node:crypto';

export interface WebhookRequest {
  readonly body: Buffer;
  /** GitHub's `x-hub-signature-256`: `sha256=` and the HMAC of the body. */
  readonly signature: string | undefined;
  /** GitLab's `x-gitlab-token`: the secret itself. */
  readonly token: string | undefined;
}

/** Whether a webhook comes from whoever knows the secret; compared in constant time. */
export function isAuthentic({ body, signature, token }: WebhookRequest, secret: string): boolean {
  if (signature !== undefined) {
    return sameText(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  }
  return token !== undefined && sameText(token, secret);
}

function sameText(a: string, b: string): boolean {
  // Digests have one length, so that the comparison tells nothing of the secret's.
  const digestOf = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digestOf(a), digestOf(b));
}
