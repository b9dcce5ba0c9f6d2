import { NextResponse } from 'next/server'
import { prisma } from '@/lib/prisma'

export const dynamic = 'force-dynamic'

export async function GET() {
  try {
    const creators = await prisma.creator.findMany({ orderBy: { id: 'asc' } })
    return NextResponse.json({ creators })
  } catch (error) {
    console.error('[api] creators:', error)
    return NextResponse.json({ error: 'creators cannot be read' }, { status: 500 })
  }
}
