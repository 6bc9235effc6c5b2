import { messageOf } from "../failure/index.ts";
import { waitingFor, type CallLane } from "../lane/index.ts";
import { lanesOf, TokenEstimator, type Budget, type Metering, type Model, type PriceTable } from "../model/index.ts";

export interface OpenMeteringOptions {
  readonly model: Model;
  readonly laneOf: (name: string) => CallLane | undefined;
  /** By the ids of models. */
  readonly prices: PriceTable;
  readonly budget: Budget;
  readonly maxOutputTokens: number | undefined;
  readonly contextTokens: number | undefined;
  /** Shows a line of text to the user. */
  readonly say: (message: string) => void;
}

/** What the calls of a run's model pass through; of each one, where several are asked in turn. */
export function openMetering(options: OpenMeteringOptions): Metering {
  const { model, laneOf, say } = options;
  if (!model.alternatives) return meteringOf(model, laneOf("model"), options);
  const names = new Map([...lanesOf(model)].map(([name, each]) => [each, name] as const));
  const byModel = new Map(
    model.alternatives.models.map((each) => {
      const name = names.get(each);
      return [each, meteringOf(each, name === undefined ? undefined : laneOf(name), options)] as const;
    }),
  );
  const first = meteringOf(model, laneOf("model"), options);
  const of = (each: Model): Metering => byModel.get(each) ?? first;
  return {
    ...first,
    inTurn: {
      of,
      async untilOpen(models, { signal, turn }) {
        const lanes = models.flatMap((each) => of(each).lane ?? []);
        const stopWaiting = new AbortController();
        const ended = signal ? AbortSignal.any([signal, stopWaiting.signal]) : stopWaiting.signal;
        const names = lanes.map(({ name }) => name).join(", ");
        try {
          await waitingFor(names, { turn }, () => Promise.race(lanes.map((lane) => lane.opened(ended))));
        } finally {
          stopWaiting.abort();
        }
      },
      onUnusable: ({ id }, error) =>
        say(`${id} is left out from now on, and the others are asked in its place: ${messageOf(error)}`),
    },
  };
}

const meteringOf = (
  { id }: Model,
  lane: CallLane | undefined,
  { prices, budget, maxOutputTokens, contextTokens }: OpenMeteringOptions,
): Metering => ({ lane, price: prices[id], estimator: new TokenEstimator(), budget, maxOutputTokens, contextTokens });
