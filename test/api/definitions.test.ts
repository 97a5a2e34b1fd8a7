import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outline } from '../../workflows/kernel/index.js';
import { currentVersion, registry } from '../../workflows/registry.js';
import { request } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { DAY_MS, JoinFlow } from '../support/join-flow.js';

interface StateAnswer {
  readonly name: string;
  readonly isFinal: boolean;
  readonly isPassedThrough: boolean;
  readonly phase: string | null;
  readonly awaits: readonly string[];
  readonly acts: readonly { readonly event: string; readonly parties: readonly string[]; readonly leadsTo: readonly string[] }[];
  readonly deadlines: readonly { readonly name: string; readonly leadsTo: readonly string[] }[];
}

interface DefinitionAnswer {
  readonly kind: string;
  readonly version: number;
  readonly isCurrent: boolean;
  readonly initial: string;
  readonly phases: readonly string[];
  readonly states: readonly StateAnswer[];
  readonly events: readonly { readonly name: string; readonly input: unknown }[];
  readonly transitions: readonly { readonly from: string; readonly to: string; readonly event: string | null }[];
  readonly diagram: string;
}

const everything = `kind version isCurrent title description initial phases diagram
  parties { name title authorities }
  states { name title description phase isFinal isPassedThrough awaits
    acts { event title parties authorities leadsTo moves whileHeld } deadlines { name title leadsTo } }
  events { name title authorities whileHeld input } transitions { from to event delay checks }`;

describe('the machines in the API', () => {
  let api: TestApi;
  let join: JoinFlow;
  beforeAll(async () => {
    api = await startApi();
    join = new JoinFlow(api);
  });
  afterAll(() => api.stop());

  const oneOf = async (kind: string, version?: number) => {
    const query = `query ($kind: RequestKind!, $version: Int) { workflowDefinition(kind: $kind, version: $version) { ${everything} } }`;
    const data = await api.gql<{ workflowDefinition: DefinitionAnswer | null }>('bela', query, { kind, version });
    return data.workflowDefinition;
  };

  test('are all listed, in every version, the newest of a kind before its predecessors', async () => {
    const { workflowDefinitions } = await api.gql<{ workflowDefinitions: DefinitionAnswer[] }>(
      'bela',
      '{ workflowDefinitions { kind version isCurrent title phases states { name isFinal } } }',
    );
    const wanted = registry.map(({ kind, version }) => ({ kind, version, isCurrent: currentVersion(kind) === version }));
    expect(workflowDefinitions).toHaveLength(wanted.length);
    expect(workflowDefinitions.map(({ kind, version, isCurrent }) => ({ kind, version, isCurrent }))).toEqual(
      expect.arrayContaining(wanted),
    );
    const joins = workflowDefinitions.filter(({ kind }) => kind === 'JOIN').map(({ version }) => version);
    expect(joins).toEqual([...joins].sort((a, b) => b - a));
  });

  test('are narrowed by kind and version', async () => {
    const query =
      'query ($kind: RequestKind, $version: Int) { workflowDefinitions(kind: $kind, version: $version) { kind version } }';
    const some = (variables: object) => api.gql<{ workflowDefinitions: unknown[] }>('bela', query, variables);
    expect(await some({ kind: 'JOIN', version: 1 })).toEqual({ workflowDefinitions: [{ kind: 'JOIN', version: 1 }] });
    expect(await some({ kind: 'JOIN', version: 99 })).toEqual({ workflowDefinitions: [] });
    expect(await oneOf('JOIN', 99)).toBeNull();
  });

  test('can each be asked for whole, within the limits, and say what the machine says', async () => {
    for (const definition of registry) {
      const answer = (await oneOf(definition.kind, definition.version))!;
      const { states, transitions, events, interventions } = outline(definition);
      expect(answer.states).toHaveLength(states.length);
      expect(answer.transitions).toHaveLength(transitions.length);
      expect(answer.events).toHaveLength(events.length + interventions.length);
      expect(answer.diagram.startsWith('stateDiagram-v2')).toBe(true);
      const names = new Set(answer.states.map(({ name }) => name));
      const mentioned = [
        answer.initial,
        ...answer.transitions.flatMap(({ from, to }) => [from, to]),
        ...answer.states.flatMap(({ acts, deadlines }) => [...acts, ...deadlines].flatMap(({ leadsTo }) => leadsTo)),
      ];
      expect(mentioned.filter((name) => !names.has(name))).toEqual([]);
      expect(answer.states.filter(({ phase }) => phase !== null && !answer.phases.includes(phase))).toEqual([]);
    }
  });

  test('say who acts, what a clock leads to and what is passed through', async () => {
    const { states } = (await oneOf('JOIN', 1))!;
    const state = (name: string) => states.find((each) => each.name === name)!;
    expect(state('COOLING_OFF')).toMatchObject({
      isFinal: false,
      phase: 'cooling-off',
      awaits: [],
      deadlines: [{ name: 'coolingOffEnd', leadsTo: ['SETTLEMENT'] }],
    });
    expect(state('DRAFTING').acts.find(({ event }) => event === 'ACCEPT_TERMS')).toMatchObject({ leadsTo: ['SIGNING'] });
    expect(states.filter(({ isPassedThrough }) => isPassedThrough).map(({ name }) => name)).toEqual([
      'ELIGIBILITY',
      'RENDERING',
      'SWITCHING',
    ]);
  });

  test('are for everybody who is known, and for nobody else', async () => {
    const query = '{ workflowDefinitions { kind } }';
    for (const token of [undefined, await api.token('a-stranger'), await api.forgedToken('bela')]) {
      const { body } = await request(api.origin, { query }, token);
      expect(body.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
      expect(body.data?.['workflowDefinitions'] ?? null).toBeNull();
    }
    expect((await api.raw('sam', query)).body.errors).toBeUndefined();
  });

  test('give the states of the API: every one in which a request can be found, and none that is only passed through', async () => {
    const { __type } = await api.gql<{ __type: { enumValues: { name: string; description: string }[] } }>(
      'bela',
      '{ __type(name: "RequestState") { enumValues { name description } } }',
    );
    const names = __type.enumValues.map(({ name }) => name);
    for (const { kind, version } of registry) {
      const { states } = (await oneOf(kind, version))!;
      const seen = states.filter(({ isPassedThrough }) => !isPassedThrough).map(({ name }) => name);
      expect(seen.filter((name) => !names.includes(name))).toEqual([]);
    }
    expect(names).not.toContain('RENDERING');
    expect(__type.enumValues.filter(({ description }) => description === '')).toEqual([]);
  });

  test('show for a request its own machine, and how far it has come', async () => {
    const query = `query ($id: ID!) { request(id: $id) { state definition { kind version states { name } }
      progress { title phases position isFinal } } }`;
    interface Shown {
      readonly request: {
        readonly state: string;
        readonly definition: { readonly kind: string; readonly version: number; readonly states: { readonly name: string }[] };
        readonly progress: { readonly phases: string[]; readonly position: number | null; readonly isFinal: boolean };
      };
    }
    const [guild, who] = [await api.world.guild(), await api.world.broadcaster()];
    const { id } = await join.coolingOff(who, guild);
    const show = async () => (await api.gql<Shown>(who.subject, query, { id })).request;
    const running = await show();
    expect(running).toMatchObject({
      state: 'COOLING_OFF',
      definition: { kind: 'JOIN', version: currentVersion('JOIN') },
      progress: {
        title: 'Cooling-off',
        phases: ['drafting', 'signing', 'cooling-off', 'settlement'],
        position: 2,
        isFinal: false,
      },
    });
    expect(running.definition.states.map(({ name }) => name)).toContain(running.state);
    await api.pass(16 * DAY_MS);
    expect((await show()).progress).toMatchObject({ title: 'Completed', position: null, isFinal: true });
  });

  test('filter requests by a state of any kind, also by one that no request has', async () => {
    const query = '{ a: requests(states: [COMPLETED]) { nodes { state } } b: requests(states: [UNWOUND]) { nodes { state } } }';
    const data = await api.gql<Record<'a' | 'b', { nodes: { state: string }[] }>>('sam', query);
    expect(new Set(data.a.nodes.map(({ state }) => state))).toEqual(new Set(['COMPLETED']));
    expect(data.b.nodes).toEqual([]);
  });
});
