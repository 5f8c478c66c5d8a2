/**
 * The double's two ways to delete a stream: one that hides what is there, and one after which the
 * name is gone for good.
 */
import type {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import streamMessages from '@eventstore/db-client/generated/streams_pb.js'
import type { handleUnaryCall } from '@grpc/grpc-js'
import type { DoubleStore } from './double-store.testing.ts'
import * as wire from './double-wire.testing.ts'

/** Expected revisions are not looked at: deletions in tests expect any. */
export const deleteHandler =
  (store: DoubleStore): handleUnaryCall<DeleteReq, DeleteResp> =>
  ({ request }, reply) => {
    const stream = wire.streamName(request.getOptions()?.getStreamIdentifier())
    if (store.isDeleted(stream)) return reply(wire.streamDeleted(stream))
    store.softDelete(stream)
    reply(null, new streamMessages.DeleteResp().setNoPosition(new wire.Empty()))
  }

export const tombstoneHandler =
  (store: DoubleStore): handleUnaryCall<TombstoneReq, TombstoneResp> =>
  ({ request }, reply) => {
    const stream = wire.streamName(request.getOptions()?.getStreamIdentifier())
    if (store.isDeleted(stream)) return reply(wire.streamDeleted(stream))
    store.tombstone(stream)
    reply(null, new streamMessages.TombstoneResp().setNoPosition(new wire.Empty()))
  }
