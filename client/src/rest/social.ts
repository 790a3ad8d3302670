// Where the REST of contract `social` stands, whatever contract has the bare paths (`contracts/social.md` section 4).

export const SOCIAL_REST = '/social/api'

/** How a list is cut into pages; the first is 1. */
export interface Pagination {
  currentPage: number
  totalPages: number
  hasNext: boolean
  hasPrev: boolean
}
