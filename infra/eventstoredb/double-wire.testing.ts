/** The double's protobuf: the client package's own generated messages, read and built. */
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js'
import streamMessages from '@eventstore/db-client/generated/streams_pb.js'
import { Metadata, status } from '@grpc/grpc-js'
import {
  APPEND_BYTES_MAX,
  type Expected,
  type Kept,
  type Proposed,
} from './double-store.testing.ts'

export const { Empty, UUID, StreamIdentifier } = sharedMessages
export const { ReadResp, AppendResp, BatchAppendResp } = streamMessages

type Uuid = InstanceType<typeof UUID>
type Identifier = InstanceType<typeof StreamIdentifier>
type ProposedMessage =
  | InstanceType<typeof streamMessages.AppendReq.ProposedMessage>
  | InstanceType<typeof streamMessages.BatchAppendReq.ProposedMessage>

/** A failure as gRPC carries it: code, text, trailers. */
export type WireError = Readonly<{ code: number; details: string; metadata: Metadata }>

export const wireError = (
  code: number,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): WireError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return { code, details, metadata }
}

export const streamDeleted = (stream: string): WireError =>
  wireError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })

export const tooLarge = (): WireError =>
  wireError(status.INVALID_ARGUMENT, `Maximum Append Size of ${APPEND_BYTES_MAX} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(APPEND_BYTES_MAX),
  })

export const uuidText = (id: Uuid | undefined): string => id?.getString().toLowerCase() ?? ''

export const uuidMessage = (text: string): Uuid => new UUID().setString(text)

export const streamName = (identifier: Identifier | undefined): string =>
  new TextDecoder().decode(identifier?.getStreamName_asU8())

export const streamIdentifier = (name: string): Identifier =>
  new StreamIdentifier().setStreamName(new TextEncoder().encode(name))

export const proposedEvent = (message: ProposedMessage): Proposed => ({
  id: uuidText(message.getId()),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
})

type ExpectedFlags = Readonly<{
  hasNoStream: () => boolean
  hasAny: () => boolean
  hasStreamExists: () => boolean
}>

export const expectedOf = (options: ExpectedFlags, revision: string): Expected => {
  if (options.hasNoStream()) return 'no-stream'
  if (options.hasAny()) return 'any'
  return options.hasStreamExists() ? 'stream-exists' : BigInt(revision)
}

const TICKS_PER_MILLISECOND = 10_000n

export const eventMessage = (event: Kept): InstanceType<typeof ReadResp> => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(uuidMessage(event.id))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(String(event.position))
    .setPreparePosition(String(event.position))
    .setData(event.data)
    .setCustomMetadata(event.metadata)
  recorded.getMetadataMap().set('type', event.type)
  recorded.getMetadataMap().set('content-type', event.contentType)
  recorded.getMetadataMap().set('created', String(BigInt(event.createdMs) * TICKS_PER_MILLISECOND))
  const read = new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.position))
  return new ReadResp().setEvent(read)
}
