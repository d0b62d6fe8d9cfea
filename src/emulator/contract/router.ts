import type { Route } from './contract.ts';

type Parameters = Readonly<Record<string, string>>;

/** What a path and method lead to. `allowed` holds the methods of the path when the method does not fit. */
export type RouteMatch =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Parameters }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown-path' };

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  readonly routes: { readonly route: Route; readonly names: readonly string[] }[];
}

const newNode = (): Node => ({ literals: new Map(), parameter: undefined, routes: [] });

function childFor(node: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const child = node.literals.get(segment) ?? newNode();
  node.literals.set(segment, child);
  return child;
}

/** Literals come before parameters, and a literal that leads nowhere falls back to the parameter. */
function walk(
  node: Node,
  segments: readonly string[],
  values: readonly string[],
): [Node, readonly string[]][] {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.routes.length > 0 ? [[node, values]] : [];
  const literal = node.literals.get(segment);
  const found = literal === undefined ? [] : walk(literal, rest, values);
  const viaParameter = node.parameter === undefined ? [] : walk(node.parameter, rest, [...values, segment]);
  return [...found, ...viaParameter];
}

/** Compiles the route table. The result takes decoded path segments. */
export function compileRoutes(
  routes: readonly Route[],
): (method: string, segments: readonly string[]) => RouteMatch {
  const root = newNode();
  for (const route of routes) {
    let node = root;
    const names: string[] = [];
    for (const segment of route.path.split('/').slice(1)) {
      node = childFor(node, segment);
      if (segment.startsWith('{')) names.push(segment.slice(1, -1));
    }
    node.routes.push({ route, names });
  }
  return (method, segments) => {
    const [best] = walk(root, segments, []);
    if (best === undefined) return { kind: 'unknown-path' };
    const [node, values] = best;
    const hit = node.routes.find(({ route }) => route.method === method);
    if (hit === undefined)
      return { kind: 'wrong-method', allowed: node.routes.map(({ route }) => route.method) };
    const params = Object.fromEntries(hit.names.map((name, index) => [name, values[index] ?? '']));
    return { kind: 'route', route: hit.route, params };
  };
}

/** A path parameter of the matched route; every name in a template has a value. */
export function parameter(params: Parameters, name: string): string {
  return params[name] ?? '';
}
