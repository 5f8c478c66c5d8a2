/**
 * The double's two ways to append: one call per append, and the one long call that all of a
 * client's appends share.
 */
import { setImmediate } from 'node:timers/promises'
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js'
import statusMessages from '@eventstore/db-client/generated/status_pb.js'
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import { type handleClientStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js'
import anyMessages from 'google-protobuf/google/protobuf/any_pb.js'
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js'
import type { FaultPoint } from './double-faults.testing.ts'
import {
  APPEND_BYTES_MAX,
  type DoubleStore,
  type Expected,
  type Proposed,
  type Verdict,
} from './double-store.testing.ts'
import * as wire from './double-wire.testing.ts'

/** The server's own patience with an append that came through the shared call. */
const WRITE_TIMEOUT_MS = 2_000

type Batch = {
  options: InstanceType<typeof BatchAppendReq.Options> | undefined
  events: Proposed[]
}

export type Commit = (
  stream: string,
  expected: Expected,
  events: readonly Proposed[],
) => Promise<Verdict | null>

/**
 * Commits through the store. While commits are held, an append waits, and one that repeats the ids
 * of a waiting one gets no answer at all (null), as on the server.
 */
export const createCommit = (store: DoubleStore): { commit: Commit; hold: () => () => void } => {
  const held = new Set<string>()
  let release: Promise<void> | null = null
  return {
    commit: async (stream, expected, events) => {
      const key = `${stream} ${events.map(({ id }) => id).join()}`
      if (held.has(key)) return null
      if (release !== null) {
        held.add(key)
        await release
        held.delete(key)
      }
      return store.append(stream, expected, events)
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      release = promise
      return () => {
        release = null
        resolve()
      }
    },
  }
}

export const appendHandler =
  (commit: Commit, faultPoint: FaultPoint): handleClientStreamingCall<AppendReq, AppendResp> =>
  (call, reply) => {
    const events: Proposed[] = []
    let options: InstanceType<typeof AppendReq.Options> | undefined
    let bytes = 0
    let isAnswered = false
    const answer: typeof reply = (...answers) => {
      if (!isAnswered) reply(...answers)
      isAnswered = true
    }
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions()
      const message = request.getProposedMessage()
      if (message === undefined) return
      const event = wire.proposedEvent(message)
      bytes += event.data.length
      if (bytes > APPEND_BYTES_MAX)
        answer(wire.tooLarge()) // without waiting for the rest
      else events.push(event)
    })
    call.on('error', () => undefined) // cut off in the middle: nothing is stored
    call.on('end', async () => {
      // A request that was cut off ends as well, and only then shows that it was cancelled.
      await setImmediate()
      if (options === undefined || isAnswered || call.cancelled) return
      const stream = wire.streamName(options.getStreamIdentifier())
      const expected = wire.expectedOf(options, options.getRevision())
      const fault = faultPoint('append')
      if (await fault.before((error) => answer(error))) return
      const verdict = await commit(stream, expected, events)
      if (verdict === null || verdict.kind === 'no-reply' || fault.after()) return
      const failure = appendError(stream, verdict)
      if (failure === null) answer(null, appendAnswer(expected, verdict))
      else answer(failure)
    })
  }

const appendError = (stream: string, verdict: Verdict): wire.WireError | null => {
  if (verdict.kind === 'deleted') return wire.streamDeleted(stream)
  if (verdict.kind === 'too-large') return wire.tooLarge()
  return verdict.kind === 'bad-request'
    ? wire.wireError(status.INVALID_ARGUMENT, verdict.message)
    : null
}

const appendAnswer = (expected: Expected, verdict: Verdict): AppendResp => {
  const response = new wire.AppendResp()
  if (verdict.kind === 'success') {
    const position = new wire.AppendResp.Position()
      .setCommitPosition(String(verdict.position))
      .setPreparePosition(String(verdict.position))
    const success = new wire.AppendResp.Success()
      .setCurrentRevision(String(verdict.revision))
      .setPosition(position)
    return response.setSuccess(success)
  }
  const wrong = new wire.AppendResp.WrongExpectedVersion()
  if (verdict.kind === 'wrong-version' && verdict.actual !== null)
    wrong.setCurrentRevision(String(verdict.actual))
  else wrong.setCurrentNoStream(new wire.Empty())
  if (expected === 'no-stream') wrong.setExpectedNoStream(new wire.Empty())
  else if (expected === 'any') wrong.setExpectedAny(new wire.Empty())
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new wire.Empty())
  else wrong.setExpectedRevision(String(expected))
  return response.setWrongExpectedVersion(wrong)
}

export const batchAppendHandler =
  (commit: Commit, faultPoint: FaultPoint) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
    const batches = new Map<string, Batch>()
    const answer = (response: BatchAppendResp): void => {
      if (!call.cancelled) call.write(response)
    }
    call.on('error', () => undefined) // cut off: what was committed stays
    call.on('end', () => call.end())
    call.on('data', async (request: BatchAppendReq) => {
      const correlation = wire.uuidText(request.getCorrelationId())
      const batch: Batch = batches.get(correlation) ?? { options: request.getOptions(), events: [] }
      batches.set(correlation, batch)
      batch.events.push(...request.getProposedMessagesList().map(wire.proposedEvent))
      if (!request.getIsFinal() || batch.options === undefined) return
      batches.delete(correlation)
      const { options } = batch
      const stream = wire.streamName(options.getStreamIdentifier())
      const expected = wire.expectedOf(options, options.getStreamPosition())
      const fault = faultPoint('batchAppend')
      if (await fault.before((error) => call.emit('error', error))) return
      const verdict = await commit(stream, expected, batch.events)
      if (verdict?.kind === 'no-reply' || fault.after()) return
      const response = () =>
        new wire.BatchAppendResp()
          .setCorrelationId(wire.uuidMessage(correlation))
          .setStreamIdentifier(wire.streamIdentifier(stream))
      const timeout = (): void => {
        setTimeout(
          () => answer(response().setError(statusOf('Timeout', status.DEADLINE_EXCEEDED))),
          WRITE_TIMEOUT_MS,
        )
      }
      if (verdict === null) return timeout()
      answer(batchAnswer(response(), stream, expected, verdict))
      // The second reply that ends the client's process.
      if (verdict.kind === 'bad-request') timeout()
    })
  }

const batchAnswer = (
  response: BatchAppendResp,
  stream: string,
  expected: Expected,
  verdict: Exclude<Verdict, { kind: 'no-reply' }>,
) => {
  switch (verdict.kind) {
    case 'success': {
      const position = new sharedMessages.AllStreamPosition()
        .setCommitPosition(String(verdict.position))
        .setPreparePosition(String(verdict.position))
      const success = new wire.BatchAppendResp.Success().setCurrentRevision(
        String(verdict.revision),
      )
      return response.setSuccess(success.setPosition(position))
    }
    case 'wrong-version': {
      const details = wrongVersion(expected, verdict.actual)
      return response.setError(statusOf('WrongExpectedVersion', status.ALREADY_EXISTS, details))
    }
    case 'deleted': {
      const details = new sharedMessages.StreamDeleted().setStreamIdentifier(
        wire.streamIdentifier(stream),
      )
      return response.setError(statusOf('StreamDeleted', status.NOT_FOUND, details))
    }
    case 'too-large': {
      const details = new sharedMessages.MaximumAppendSizeExceeded().setMaxappendsize(
        APPEND_BYTES_MAX,
      )
      return response.setError(
        statusOf('MaximumAppendSizeExceeded', status.INVALID_ARGUMENT, details),
      )
    }
    case 'bad-request': {
      const details = new sharedMessages.BadRequest().setMessage(verdict.message)
      return response.setError(statusOf('BadRequest', status.INVALID_ARGUMENT, details))
    }
  }
}

const wrongVersion = (expected: Expected, actual: bigint | null) => {
  const nothing = (): InstanceType<typeof emptyMessages.Empty> => new emptyMessages.Empty()
  const details = new sharedMessages.WrongExpectedVersion()
  if (actual === null) details.setCurrentNoStream(nothing())
  else details.setCurrentStreamRevision(String(actual))
  if (expected === 'no-stream') return details.setExpectedNoStream(nothing())
  if (expected === 'any') return details.setExpectedAny(nothing())
  if (expected === 'stream-exists') return details.setExpectedStreamExists(nothing())
  return details.setExpectedStreamPosition(String(expected))
}

const statusOf = (name: string, code: number, details?: { serializeBinary: () => Uint8Array }) => {
  const packed = new anyMessages.Any()
  packed.pack(details?.serializeBinary() ?? new Uint8Array(), `event_store.client.${name}`)
  return new statusMessages.Status().setCode(code).setMessage(name).setDetails(packed)
}
