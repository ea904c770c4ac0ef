/** What the plugin adds to the schema of Strapi's GraphQL plugin; the same views as REST has, see docs/graphql.md. */
export const typeDefs = /* GraphQL */ `
  type CutoutReason {
    code: String!
    message: String!
  }

  "The subject, in pixels of the original as it is shown."
  type CutoutBox {
    x: Float!
    y: Float!
    width: Float!
    height: Float!
  }

  type CutoutPicture {
    url: String!
    mime: String!
    width: Int!
    height: Int!
    "KB, as Strapi counts."
    size: Float!
  }

  type CutoutVariant {
    preset: String!
    "Key in the file's formats."
    key: String!
    url: String!
    mime: String!
    width: Int!
    height: Int!
    size: Float!
  }

  type CutoutJob {
    id: Int!
    fileId: Int!
    state: String!
    engine: String!
    presets: [String!]!
    source: String!
    reason: CutoutReason
    attempts: Int!
    progress: Float
    retryAt: String
    durationMs: Int
    createdAt: String!
    startedAt: String
    finishedAt: String
  }

  type Cutout {
    status: String!
    reason: CutoutReason
    engine: String
    model: String
    confidence: Float
    review: Boolean!
    box: CutoutBox
    stale: [String!]!
    matte: CutoutPicture
    variants: [CutoutVariant!]!
    variant(preset: String! = "default"): CutoutVariant
    job: CutoutJob
  }

  type CutoutFile {
    id: Int!
    documentId: ID!
    name: String!
    url: String!
    mime: String
    width: Int
    height: Int
    cutout: Cutout!
  }

  type CutoutPageInfo {
    page: Int!
    pageSize: Int!
    pageCount: Int!
    total: Int!
  }

  type CutoutFiles {
    nodes: [CutoutFile!]!
    pageInfo: CutoutPageInfo!
  }

  input CutoutConfidenceFilter {
    lt: Float
    lte: Float
    gt: Float
    gte: Float
  }

  input CutoutFileFilters {
    status: [String!]
    engine: [String!]
    confidence: CutoutConfidenceFilter
    stale: Boolean
  }

  type UploadFile {
    cutout: Cutout
  }

  type Query {
    cutoutFiles(filters: CutoutFileFilters, page: Int, pageSize: Int, sort: String): CutoutFiles!
    cutoutJob(id: Int!): CutoutJob
  }

  type Mutation {
    "Asks for a file's cutouts, by its id or documentId; waits so many seconds for them, 30 at most."
    cutoutProcess(id: ID!, presets: [String!], engine: String, effort: String, force: Boolean, wait: Float): CutoutFile!
    "Ends what is asked of a file and has not come to an end."
    cutoutCancel(id: ID!): CutoutFile!
    "Removes a variant that somebody asked for by itself."
    cutoutDelete(id: ID!, preset: String!): CutoutFile!
  }
`;
