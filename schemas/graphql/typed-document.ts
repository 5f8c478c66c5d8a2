/**
 * An operation as text that knows the types of its answer and of its variables. It is that text and
 * nothing else while the program runs: no parser is needed to send it.
 */
export type TypedDocument<Data, Variables> = string &
  // As in @graphql-typed-document-node/core. Only the compiler ever sees it.
  Readonly<{ __apiType: (variables: Variables) => Data }>

/** A text of which nothing is known: any string that is no TypedDocument. */
export type UntypedDocument = string & Readonly<{ __apiType?: never }>
