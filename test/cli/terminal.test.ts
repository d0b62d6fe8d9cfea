import { describe, expect, it } from 'vitest';
import { isLive, questioner, styleFor } from '../../src/cli/terminal.ts';
import { fakeRuntime } from './runtime.ts';

const terminal = fakeRuntime({ isTTY: true }).stdout;
const pipe = fakeRuntime({ isTTY: false }).stdout;

describe('style of an output', () => {
  it.each([
    ['a terminal', terminal, {}, true, true],
    ['a pipe', pipe, {}, true, false],
    ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true, true],
    ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, true, false],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true, true],
    ['NO_COLOR against FORCE_COLOR', pipe, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, true, false],
    ['--no-color against FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, false, false],
  ])('colours %s: %#', (_name, output, env, flag, color) => {
    expect(styleFor(output, env, flag).color).toBe(color);
  });

  it('takes the width of the terminal, else COLUMNS, else 100', () => {
    expect(styleFor(terminal, { COLUMNS: '60' }, true).width).toBe(80);
    expect(styleFor(pipe, { COLUMNS: '60' }, true).width).toBe(60);
    expect(styleFor(pipe, { COLUMNS: 'wide' }, true).width).toBe(100);
    expect(styleFor(pipe, { COLUMNS: '3' }, true).width).toBe(40);
  });

  it('does not take a terminal without a size for a narrow one', () => {
    const unsized = { ...terminal, columns: () => 0 };
    expect(styleFor(unsized, {}, true).width).toBe(100);
    expect(styleFor(unsized, { COLUMNS: '60' }, true).width).toBe(60);
  });

  it('keeps to ASCII where the locale says so', () => {
    expect(styleFor(pipe, {}, true).unicode).toBe(true);
    expect(styleFor(pipe, { LC_ALL: 'C' }, true).unicode).toBe(false);
    expect(styleFor(pipe, { LANG: 'de_DE.UTF-8' }, true).unicode).toBe(true);
  });
});

describe('interaction', () => {
  it('has a live view at a terminal outside CI', () => {
    expect(isLive(terminal, {})).toBe(true);
    expect(isLive(terminal, { CI: 'true' })).toBe(false);
    expect(isLive(terminal, { TERM: 'dumb' })).toBe(false);
    expect(isLive(pipe, {})).toBe(false);
  });

  it('asks nobody in CI and nobody without a terminal', () => {
    const ask = async () => 'yes';
    expect(questioner(fakeRuntime({ ask }))).toBe(ask);
    expect(questioner(fakeRuntime({ ask, env: { CI: '1' } }))).toBeUndefined();
    expect(questioner(fakeRuntime())).toBeUndefined();
  });
});
