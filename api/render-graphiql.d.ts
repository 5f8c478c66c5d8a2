/** Types of the package until it is among the dependencies. */
declare module '@graphql-yoga/render-graphiql' {
  export const renderGraphiQL: (options: import('graphql-yoga').GraphiQLOptions) => string
}
