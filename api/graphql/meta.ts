/** Where the read models stand. */
import type { MetaView } from '../../projections/reads/history-reads.ts'
import type { Resolver } from './resolver.ts'

/** Three rows: of the log, of the checkpoint, of the first block. */
const META_LOOK_UPS = 3

export const meta: Resolver<object, MetaView> = (_root, _args, { reads, spend }, info) => {
  spend({ rows: 1, lookUps: META_LOOK_UPS }, info)
  return reads.meta()
}
