import { hash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';

/**
 * Identifies the range in which a process number means something: this boot of this kernel and this process
 * namespace. Host names do not do that, because containers and CI runners share them. Undefined where the
 * system does not tell (anything but Linux).
 */
export async function processScope(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const namespace = await readlink('/proc/self/ns/pid');
    return hash('sha256', `${boot.trim()} ${namespace}`, 'hex').slice(0, 16);
  } catch {
    return undefined;
  }
}
