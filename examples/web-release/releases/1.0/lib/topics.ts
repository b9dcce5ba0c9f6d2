// What people ask for most; each has a page that is built with the release.
export const TOPICS = [
  'accounts', 'addresses', 'billing', 'cancelling', 'colours', 'cookies', 'coupons', 'delivery', 'discounts', 'downloads',
  'exchanges', 'gifts', 'imprint', 'invoices', 'languages', 'measures', 'newsletters', 'opening-hours', 'orders', 'packaging',
  'passwords', 'payments', 'privacy', 'refunds', 'repairs', 'returns', 'reviews', 'shipping', 'taxes', 'warranty',
]
