import { promptDefiner, resourceDefiner, toolDefiner } from '@touchstone-mcp/core';
import * as z from 'zod';
import { isDay } from './domain/calendar.ts';
import type { Dependencies } from './server.ts';

/** A tool of this server: its handler receives the calendar. */
export const defineTool = toolDefiner<Dependencies>();

/** A resource of this server, likewise. */
export const defineResource = resourceDefiner<Dependencies>();

/** A prompt of this server, likewise. */
export const definePrompt = promptDefiner<Dependencies>();

/** A day, as an argument. z.iso.date() would send every client a pattern of 200 characters. */
export const day = z.string().refine(isDay, 'must be a day such as 2027-01-31');
