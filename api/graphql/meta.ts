/** Where the read models stand. */
import type { MetaView } from '../../projections/reads/history-reads.ts'
import type { Resolver } from './resolver.ts'

export const meta: Resolver<object, MetaView> = (_root, _args, { reads }) => reads.meta()
