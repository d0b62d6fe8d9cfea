import { describe, expect, test } from 'vitest';
import { inDashboard, liveId } from '../e2e/harness.ts';
import { assistant, entries, PROJECT, type Repository, type Request, repository } from './repository.ts';

const TWO = {
  'assistants/billing.yaml': assistant('billing'),
  'assistants/front-desk.yaml': assistant('front-desk'),
};

async function begun(files: Readonly<Record<string, string>> = TWO): Promise<Repository> {
  const made = await repository(files);
  const first = await made.project.run('apply', '--env', 'live');
  expect(first.code, first.stderr).toBe(0);
  return made;
}

async function greetingOf({ server }: Repository, name: string): Promise<unknown> {
  const reply = await inDashboard(server, 'GET', `/ai/assistants/${await liveId(server, name)}`);
  return ((await reply.json()) as { greeting: unknown }).greeting;
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('change requests from one base', () => {
  test.each(['squash', 'merge', 'rebase'] as const)(
    'two merged by %s are applied one after the other',
    async (how) => {
      const repo = await begun();
      const one = await repo.request('one', () =>
        repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
      );
      const two = await repo.request('two', () =>
        repo.project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'),
      );
      await repo.merge(one, how);
      expect((await repo.apply([one])).code).toBe(0);
      await repo.merge(two, how);
      const second = await repo.apply([two]);
      expect(second.code, second.stderr).toBe(0);
      expect([await greetingOf(repo, 'billing'), await greetingOf(repo, 'front-desk')]).toEqual([
        'One.',
        'Two.',
      ]);
    },
  );

  test('that change one document, a setting and the README are applied in every order and come to the same', async () => {
    const orders = permutations(['greeting', 'model', 'setting', 'readme']).filter(
      (_, index) => index % 5 === 0,
    );
    for (const order of orders) {
      const repo = await begun();
      const made: { [name: string]: Request } = {
        greeting: await repo.request('greeting', () =>
          repo.project.edit('assistants/billing.yaml', 'Hello.', 'Hi.'),
        ),
        model: await repo.request('model', () =>
          repo.project.edit('assistants/billing.yaml', 'openai/gpt-4o', 'openai/gpt-4.1'),
        ),
        setting: await repo.request('setting', () =>
          repo.project.edit('assistantctl.yaml', 'max_deletes: 9', 'max_deletes: 8'),
        ),
        readme: await repo.request('readme', () => repo.project.write('README.md', 'read me')),
      };
      expect(entries(made.readme?.markdown ?? '')).toBe(0);
      expect(entries(made.setting?.markdown ?? '')).toBe(1);
      for (const name of order) {
        const request = made[name];
        if (request === undefined) throw new Error(name);
        await repo.merge(request);
        const ran = await repo.apply([request]);
        expect(ran.code, `${order.join(' ')}: ${name}\n${ran.stderr}`).toBe(0);
      }
      expect(await greetingOf(repo, 'billing')).toBe('Hi.');
      const again = await repo.project.run('plan', '--env', 'live', '--detailed-exitcode');
      expect(again.code, again.stdout).toBe(0);
    }
  });

  test('ten of them are merged and applied in any order, and none voids another', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `desk-${index}`);
    const files = names.map((name) => [`assistants/${name}.yaml`, assistant(name)] as const);
    const repo = await begun(Object.fromEntries(files));
    const made: Request[] = [];
    for (const name of names) {
      made.push(
        await repo.request(name, () => repo.project.edit(`assistants/${name}.yaml`, 'Hello.', `${name}.`)),
      );
    }
    const order = [7, 2, 9, 0, 5, 1, 8, 3, 6, 4].flatMap((index) => made[index] ?? []);
    for (const request of order) {
      await repo.merge(request);
      const ran = await repo.apply([request]);
      expect(ran.code, `${request.branch}\n${ran.stderr}`).toBe(0);
    }
    for (const name of names) expect(await greetingOf(repo, name)).toBe(`${name}.`);
  });

  test('merged together are applied together', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    const two = await repo.request('two', () => repo.project.write('assistants/new.yaml', assistant('new')));
    await repo.merge(one);
    await repo.merge(two);
    const half = await repo.apply([one]);
    expect(half.code).toBe(6);
    expect(half.stderr).toContain('UNREVIEWED');
    expect(half.stderr).toContain('create assistant/new');
    expect(half.stderr).not.toContain('assistant/billing');
    expect(half.stderr).toContain('--expect-digest');
    expect((await repo.apply([one, two])).code).toBe(0);
  });
});

describe('a set holds what the request itself changes', () => {
  test('and not what an earlier merge left unapplied', async () => {
    const repo = await begun();
    await repo.project.edit('assistants/billing.yaml', 'Hello.', 'Nobody reviewed this.');
    await repo.commit('pushed');
    const request = await repo.request('two', () =>
      repo.project.edit('assistants/front-desk.yaml', 'Hello.', 'Two.'),
    );
    expect(entries(request.markdown)).toBe(1);
    await repo.merge(request);
    const ran = await repo.apply([request]);
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('update assistant/billing /greeting');
    expect(ran.stderr).not.toContain('front-desk /greeting');
  });

  test('on top of a create that waits, with the set of that create', async () => {
    const repo = await begun();
    const made = await repo.request('made', () =>
      repo.project.write('assistants/new.yaml', assistant('new')),
    );
    await repo.merge(made);
    const edited = await repo.request('edited', () =>
      repo.project.edit('assistants/new.yaml', 'Hello.', 'Later.'),
    );
    await repo.merge(edited);
    expect((await repo.apply([edited])).code).toBe(6);
    const both = await repo.apply([made, edited]);
    expect(both.code, both.stderr).toBe(0);
    expect(await greetingOf(repo, 'new')).toBe('Later.');
  });

  test('on top of a create that is applied meanwhile', async () => {
    const repo = await begun();
    const made = await repo.request('made', () =>
      repo.project.write('assistants/new.yaml', assistant('new')),
    );
    const stacked = await repo.request(
      'stacked',
      () => repo.project.edit('assistants/new.yaml', 'Hello.', 'Later.'),
      {
        from: 'made',
        target: 'made',
      },
    );
    await repo.merge(made, 'merge');
    expect((await repo.apply([made])).code).toBe(0);
    await repo.merge(stacked, 'merge');
    const ran = await repo.apply([stacked]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await greetingOf(repo, 'new')).toBe('Later.');
  });

  test('and what others merged since is not taken back by a branch that is behind', async () => {
    const repo = await begun();
    await repo.git('branch', 'old');
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.merge(one);
    expect((await repo.apply([one])).code).toBe(0);
    const late = await repo.request(
      'late',
      () => repo.project.edit('assistants/front-desk.yaml', 'Hello.', 'Late.'),
      { from: 'old' },
    );
    expect(late.markdown).not.toContain('assistant/billing');
    expect(entries(late.markdown)).toBe(1);
    await repo.merge(late);
    expect((await repo.apply([late])).code).toBe(0);
  });

  test('and nothing that only the working tree says', async () => {
    const repo = await begun();
    await repo.git('switch', '--quiet', '--create', 'dirty');
    await repo.project.edit('assistants/front-desk.yaml', 'Hello.', 'Committed.');
    await repo.commit('dirty');
    await repo.project.edit('assistants/billing.yaml', 'Hello.', 'Only here.');
    const ran = await repo.project.run('plan', '--env', 'live', '--base', 'main', '--format', 'markdown');
    expect(ran.stdout).toContain('Only here.');
    expect(entries(ran.stdout)).toBe(1);
    const applied = await repo.project.run(
      'apply',
      '--env',
      'live',
      '--reviewed',
      await repo.file(ran.stdout),
    );
    expect(applied.code).toBe(6);
    expect(applied.stderr).toContain('update assistant/billing /greeting');
  });
});

describe('what was reviewed is what runs', () => {
  test('a push after the review is refused', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.git('switch', '--quiet', 'one');
    await repo.project.edit('assistants/billing.yaml', 'One.', 'Something else.');
    await repo.commit('after the review');
    await repo.git('switch', '--quiet', 'main');
    await repo.merge(one);
    expect((await repo.apply([one])).code).toBe(6);
  });

  test('a later request replaces what an earlier one shows at the same path', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.merge(one);
    const two = await repo.request('two', () => repo.project.edit('assistants/billing.yaml', 'One.', 'Two.'));
    await repo.merge(two);
    await repo.project.edit('assistants/billing.yaml', 'Two.', 'One.');
    await repo.commit('taken back by a push');
    expect((await repo.apply([one, two])).code).toBe(6);
    await repo.project.edit('assistants/billing.yaml', 'One.', 'Two.');
    await repo.commit('and again');
    expect((await repo.apply([one, two])).code).toBe(0);
  });

  test('a setting that nobody reviewed keeps everything from running', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.merge(one);
    await repo.project.edit('assistantctl.yaml', 'max_deletes: 9', 'max_deletes: 90');
    await repo.commit('pushed');
    const ran = await repo.apply([one]);
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('setting project /limits/max_deletes');
  });

  test('what a dashboard changed since is not what was reviewed', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.write('assistants/billing.yaml', assistant('billing', 'Hello.', '  description: New.\n')),
    );
    await inDashboard(repo.server, 'POST', `/ai/assistants/${await liveId(repo.server, 'billing')}`, {
      description: 'Set by hand.',
    });
    await repo.merge(one);
    expect((await repo.apply([one])).code).toBe(6);
  });

  test('a green apply is run again, and so is one that did nothing', async () => {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.merge(one);
    expect((await repo.apply([one])).code).toBe(0);
    expect((await repo.apply([one])).code).toBe(0);
    expect((await repo.apply([])).code).toBe(0);
  });

  test('the rest of an apply that broke off is run again with the same set', async () => {
    const repo = await begun();
    const handoff = (to: string): string =>
      `  tools: [{ type: handoff, handoff: { ai_assistants: [{ name: other, id: { $ref: assistant/${to} } }] } }]\n`;
    const pair = await repo.request('pair', async () => {
      await repo.project.write('assistants/east.yaml', assistant('east', 'Hello.', handoff('west')));
      await repo.project.write('assistants/west.yaml', assistant('west', 'Hello.', handoff('east')));
      await repo.project.edit('assistants/billing.yaml', 'Hello.', 'Hi.');
    });
    await repo.merge(pair);
    // Both are created, and the second half of one of them, which closes the circle, fails.
    const body = { errors: [{ code: '10015', title: 'Bad Request', detail: 'no' }] };
    repo.server.setFaults(({ method, path }) =>
      method === 'POST' && /\/ai\/assistants\/[^/]+$/.test(path)
        ? { kind: 'status', status: 400, body }
        : undefined,
    );
    const broken = await repo.apply([pair]);
    expect(broken.code).toBe(7);
    repo.server.setFaults(undefined);
    const again = await repo.apply([pair]);
    expect(again.code, again.stderr).toBe(0);
    const planned = await repo.project.run('plan', '--env', 'live', '--detailed-exitcode');
    expect(planned.code, planned.stdout).toBe(0);
  });

  test('a set is the approval of a protected environment', async () => {
    const guarded = await repository({
      ...TWO,
      'assistantctl.yaml': PROJECT.replace('live: {', 'live: { protected: true,'),
    });
    expect((await guarded.project.run('apply', '--env', 'live', '--approve', 'live')).code).toBe(0);
    const one = await guarded.request('one', () =>
      guarded.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await guarded.merge(one);
    expect((await guarded.project.run('apply', '--env', 'live')).code).toBe(5);
    expect((await guarded.apply([one])).code).toBe(0);
  });
});

describe('sources that do not count', () => {
  async function refusedWith(change: (markdown: string) => string): Promise<string> {
    const repo = await begun();
    const one = await repo.request('one', () =>
      repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.'),
    );
    await repo.merge(one);
    const file = await repo.file(change(one.markdown));
    const ran = await repo.project.run('apply', '--env', 'live', '--reviewed', file);
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain('UNREVIEWED');
    return ran.stderr;
  }

  test('are those of another environment', async () => {
    expect(await refusedWith((text) => text.replace('env=live', 'env=staging'))).toContain(
      'environment staging',
    );
  });

  test('are those that are older than review_ttl', async () => {
    expect(await refusedWith((text) => text.replace(/ at=\d{4}/, ' at=2020'))).toContain('review_ttl');
  });

  test('are those that were cut off', async () => {
    expect(await refusedWith((text) => text.slice(0, 120))).toContain('cut off');
  });

  test('are markers that stand inside a text', async () => {
    await refusedWith((text) => `A quotation:\n\n${text}`);
  });

  test('are saved plans that were edited', async () => {
    const repo = await begun();
    await repo.project.edit('assistants/billing.yaml', 'Hello.', 'One.');
    await repo.commit('one');
    const plan = (await repo.project.run('plan', '--env', 'live', '--format', 'json')).stdout;
    const whole = await repo.file(plan);
    const edited = await repo.file(plan.replace('"One."', '"Two."'));
    expect((await repo.project.run('apply', '--env', 'live', '--reviewed', edited)).code).toBe(6);
    expect(
      (await repo.project.run('plan', '--env', 'live', '--reviewed', whole, '--format', 'json')).code,
    ).toBe(0);
    expect((await repo.project.run('apply', '--env', 'live', '--reviewed', whole)).code).toBe(0);
  });
});
