/** Where the read models stand, and whether they follow the source. */
import type { SourceState } from '../../domain/world-stream/source-state.ts'
import type { MetaView } from '../../projections/reads/history-reads.ts'
import type { Meta, Source } from '../../schemas/graphql/types.ts'
import type { Resolver } from './resolver.ts'
import { sourceLag } from './source-lag.ts'

/** Three rows: of the log, of the checkpoint, of the first block. */
const META_LOOK_UPS = 3

const sourceView = (state: SourceState, block: MetaView['block']): Source => {
  const lag = sourceLag(state, block)
  return {
    head: state.head?.number ?? null,
    lagBlocks: lag?.blocks ?? null,
    lagSeconds: lag?.seconds ?? null,
    stalledSince: state.stall === null ? null : new Date(state.stall.sinceMs),
    reason: state.stall?.reason ?? null,
  }
}

export const meta: Resolver<object, Meta> = async (
  _root,
  _args,
  { reads, source, spend },
  info,
) => {
  spend({ rows: 1, lookUps: META_LOOK_UPS }, info)
  const view = await reads.meta()
  return { ...view, source: source === null ? null : sourceView(source(), view.block) }
}
