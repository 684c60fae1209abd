CREATE TABLE ic_audit (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    action TEXT NOT NULL,
    changes TEXT NOT NULL,
    reason TEXT NOT NULL,
    position INTEGER,
    CONSTRAINT ic_audit_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_audit_order UNIQUE (firm_id, position),
    CONSTRAINT ic_audit_at CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_audit_changes CHECK (changes IS NULL OR json_valid(changes)),
    CONSTRAINT ic_audit_position CHECK (position > 0)
) STRICT;

CREATE INDEX ic_audit_by_action ON ic_audit (firm_id, action, position);

CREATE TABLE ic_audit_entities (
    firm_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    audit_id TEXT NOT NULL,
    CONSTRAINT ic_audit_entities_pk PRIMARY KEY (firm_id, entity_id, audit_id)
) STRICT;

CREATE TABLE ic_counters (
    firm_id TEXT NOT NULL,
    name TEXT NOT NULL,
    next INTEGER NOT NULL,
    CONSTRAINT ic_counters_pk PRIMARY KEY (firm_id, name),
    CONSTRAINT ic_counters_next CHECK (next > 0)
) STRICT;

CREATE TABLE ic_firms (
    firm_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    timezone TEXT NOT NULL,
    contact TEXT NOT NULL,
    theme TEXT NOT NULL,
    payment_terms_days INTEGER NOT NULL,
    payment_terms_months INTEGER NOT NULL,
    payment_terms_end_of_month INTEGER NOT NULL,
    number_pattern TEXT NOT NULL,
    locale TEXT NOT NULL,
    logo TEXT,
    tax_id TEXT NOT NULL,
    payment_instructions TEXT NOT NULL,
    events TEXT NOT NULL,
    next_number INTEGER,
    former_zones TEXT NOT NULL,
    import_answers TEXT NOT NULL,
    taxes TEXT NOT NULL,
    tax TEXT,
    party TEXT,
    owner_id TEXT NOT NULL,
    CONSTRAINT ic_firms_pk PRIMARY KEY (firm_id),
    CONSTRAINT ic_firms_version CHECK (version > 0),
    CONSTRAINT ic_firms_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_firms_payment_terms_days CHECK (payment_terms_days >= 0),
    CONSTRAINT ic_firms_payment_terms_months CHECK (payment_terms_months >= 0),
    CONSTRAINT ic_firms_payment_terms_end_of_month CHECK (payment_terms_end_of_month IN (0, 1)),
    CONSTRAINT ic_firms_events CHECK (events IN ('money', 'all')),
    CONSTRAINT ic_firms_former_zones CHECK (former_zones IS NULL OR json_valid(former_zones)),
    CONSTRAINT ic_firms_import_answers CHECK (import_answers IS NULL OR json_valid(import_answers)),
    CONSTRAINT ic_firms_taxes CHECK (taxes IS NULL OR json_valid(taxes)),
    CONSTRAINT ic_firms_party CHECK (party IS NULL OR json_valid(party))
) STRICT;

CREATE TABLE ic_idempotency (
    firm_id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    request TEXT NOT NULL,
    result TEXT,
    CONSTRAINT ic_idempotency_pk PRIMARY KEY (firm_id, "key"),
    CONSTRAINT ic_idempotency_result CHECK (result IS NULL OR json_valid(result))
) STRICT;

CREATE TABLE ic_outbox (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    due TEXT DEFAULT '1970-01-01T00:00:00.000000Z',
    attempts INTEGER DEFAULT '0' NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    CONSTRAINT ic_outbox_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_outbox_at CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_outbox_event CHECK (event IS NULL OR json_valid(event)),
    CONSTRAINT ic_outbox_due CHECK (due GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_outbox_attempts CHECK (attempts >= 0)
) STRICT;

CREATE INDEX ic_outbox_by_due ON ic_outbox (firm_id, due, at, id);

CREATE TABLE ic_removals (
    firm_id TEXT NOT NULL,
    removed_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    going INTEGER NOT NULL,
    CONSTRAINT ic_removals_pk PRIMARY KEY (firm_id, removed_at),
    CONSTRAINT ic_removals_removed_at CHECK (removed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_removals_going CHECK (going IN (0, 1))
) STRICT;

CREATE TABLE ic_reservations (
    firm_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    "key" TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT ic_reservations_pk PRIMARY KEY (firm_id, kind, "key"),
    CONSTRAINT ic_reservations_kind CHECK (kind IN ('number', 'charge', 'email', 'timer', 'import'))
) STRICT;

CREATE TABLE ic_status_changes (
    firm_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    action TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT ic_status_changes_pk PRIMARY KEY (firm_id, invoice_id, sequence),
    CONSTRAINT ic_status_changes_sequence CHECK (sequence > 0),
    CONSTRAINT ic_status_changes_at CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_status_changes_before CHECK (before IN ('draft', 'generated', 'due', 'paid', 'overdue', 'uncollectible', 'void')),
    CONSTRAINT ic_status_changes_after CHECK (after IN ('draft', 'generated', 'due', 'paid', 'overdue', 'uncollectible', 'void'))
) STRICT;

CREATE TABLE ic_clients (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    billing_address TEXT NOT NULL,
    payment_terms_days INTEGER,
    payment_terms_months INTEGER,
    payment_terms_end_of_month INTEGER,
    locale TEXT,
    archived INTEGER NOT NULL,
    tax TEXT,
    party TEXT,
    CONSTRAINT ic_clients_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_clients_payment_terms CHECK ((payment_terms_days IS NULL) = (payment_terms_months IS NULL) AND (payment_terms_days IS NULL) = (payment_terms_end_of_month IS NULL)),
    CONSTRAINT ic_clients_version CHECK (version > 0),
    CONSTRAINT ic_clients_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_clients_payment_terms_days CHECK (payment_terms_days >= 0),
    CONSTRAINT ic_clients_payment_terms_months CHECK (payment_terms_months >= 0),
    CONSTRAINT ic_clients_payment_terms_end_of_month CHECK (payment_terms_end_of_month IN (0, 1)),
    CONSTRAINT ic_clients_archived CHECK (archived IN (0, 1)),
    CONSTRAINT ic_clients_party CHECK (party IS NULL OR json_valid(party)),
    CONSTRAINT ic_clients_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
) STRICT;

CREATE INDEX ic_clients_by_name ON ic_clients (firm_id, name, id);

CREATE TABLE ic_logos (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content BLOB NOT NULL,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    CONSTRAINT ic_logos_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_logos_version CHECK (version > 0),
    CONSTRAINT ic_logos_width CHECK (width > 0),
    CONSTRAINT ic_logos_height CHECK (height > 0),
    CONSTRAINT ic_logos_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
) STRICT;

CREATE TABLE ic_receipts (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content BLOB NOT NULL,
    media_type TEXT NOT NULL,
    CONSTRAINT ic_receipts_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_receipts_version CHECK (version > 0),
    CONSTRAINT ic_receipts_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
) STRICT;

CREATE TABLE ic_accounts (
    firm_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    currency TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,
    utilization_base_minor INTEGER NOT NULL,
    booked_at TEXT NOT NULL,
    allowed_balance_minor INTEGER,
    refill_threshold_minor INTEGER,
    refill_rate TEXT,
    refill_hours TEXT,
    refill_advance TEXT,
    outstanding_minor INTEGER NOT NULL,
    credit_minor INTEGER NOT NULL,
    unbilled_minor INTEGER NOT NULL,
    reverted_minor INTEGER NOT NULL,
    uncollectible_minor INTEGER NOT NULL,
    receivables_sequence INTEGER NOT NULL,
    receivables_booked_on TEXT NOT NULL,
    has_imports INTEGER NOT NULL,
    CONSTRAINT ic_accounts_pk PRIMARY KEY (firm_id, client_id),
    CONSTRAINT ic_accounts_refill CHECK ((refill_threshold_minor IS NULL) = (refill_rate IS NULL) AND (refill_threshold_minor IS NULL) = (refill_hours IS NULL) AND (refill_threshold_minor IS NULL) = (refill_advance IS NULL)),
    CONSTRAINT ic_accounts_version CHECK (version > 0),
    CONSTRAINT ic_accounts_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_accounts_sequence CHECK (sequence >= 0),
    CONSTRAINT ic_accounts_booked_at CHECK (booked_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_accounts_refill_advance CHECK (refill_advance IN ('taxed', 'untaxed')),
    CONSTRAINT ic_accounts_outstanding_minor CHECK (outstanding_minor >= 0),
    CONSTRAINT ic_accounts_credit_minor CHECK (credit_minor >= 0),
    CONSTRAINT ic_accounts_reverted_minor CHECK (reverted_minor >= 0),
    CONSTRAINT ic_accounts_uncollectible_minor CHECK (uncollectible_minor >= 0),
    CONSTRAINT ic_accounts_receivables_sequence CHECK (receivables_sequence >= 0),
    CONSTRAINT ic_accounts_receivables_booked_on CHECK (receivables_booked_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_accounts_has_imports CHECK (has_imports IN (0, 1)),
    CONSTRAINT ic_accounts_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
) STRICT;

CREATE TABLE ic_invoices (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    deposit TEXT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    revision TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    covered_minor INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    forgiven_minor INTEGER NOT NULL,
    number TEXT,
    selection TEXT,
    issued_on TEXT,
    due_on TEXT,
    parties TEXT,
    status_version INTEGER NOT NULL,
    notes TEXT NOT NULL,
    released TEXT NOT NULL,
    ended_on TEXT,
    tax_minor INTEGER NOT NULL,
    covered_tax_minor INTEGER NOT NULL,
    CONSTRAINT ic_invoices_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_invoices_paid CHECK (status = 'draft' OR covered_minor + paid_minor <= total_minor),
    CONSTRAINT ic_invoices_finished CHECK (status = 'draft' OR number IS NOT NULL),
    CONSTRAINT ic_invoices_issued CHECK ((issued_on IS NULL) = (due_on IS NULL) AND (issued_on IS NULL) = (parties IS NULL)),
    CONSTRAINT ic_invoices_draft CHECK ((status = 'draft') = (issued_on IS NULL)),
    CONSTRAINT ic_invoices_number UNIQUE (firm_id, number),
    CONSTRAINT ic_invoices_version CHECK (version > 0),
    CONSTRAINT ic_invoices_kind CHECK (kind IN ('time', 'refill', 'manual')),
    CONSTRAINT ic_invoices_deposit CHECK (deposit IN ('to_balance', 'not_deposited')),
    CONSTRAINT ic_invoices_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_invoices_status CHECK (status IN ('draft', 'generated', 'due', 'paid', 'overdue', 'uncollectible', 'void')),
    CONSTRAINT ic_invoices_covered_minor CHECK (covered_minor >= 0),
    CONSTRAINT ic_invoices_paid_minor CHECK (paid_minor >= 0),
    CONSTRAINT ic_invoices_forgiven_minor CHECK (forgiven_minor >= 0),
    CONSTRAINT ic_invoices_selection CHECK (selection IS NULL OR json_valid(selection)),
    CONSTRAINT ic_invoices_issued_on CHECK (issued_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_invoices_due_on CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_invoices_parties CHECK (parties IS NULL OR json_valid(parties)),
    CONSTRAINT ic_invoices_status_version CHECK (status_version >= 0),
    CONSTRAINT ic_invoices_released CHECK (released IS NULL OR json_valid(released)),
    CONSTRAINT ic_invoices_ended_on CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_invoices_tax_minor CHECK (tax_minor >= 0),
    CONSTRAINT ic_invoices_covered_tax_minor CHECK (covered_tax_minor >= 0),
    CONSTRAINT ic_invoices_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
) STRICT;

CREATE INDEX ic_invoices_awaited ON ic_invoices (firm_id, due_on) WHERE status IN ('generated', 'due');

CREATE INDEX ic_invoices_by_client_id ON ic_invoices (firm_id, client_id, id);

CREATE INDEX ic_invoices_by_status ON ic_invoices (firm_id, status, id);

CREATE TABLE ic_payments (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    received_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    method TEXT NOT NULL,
    reference TEXT NOT NULL,
    origin TEXT NOT NULL,
    reversed_minor INTEGER NOT NULL,
    reversed_on TEXT,
    unapplied_minor INTEGER NOT NULL,
    CONSTRAINT ic_payments_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_payments_parts CHECK (reversed_minor + unapplied_minor <= minor),
    CONSTRAINT ic_payments_version CHECK (version > 0),
    CONSTRAINT ic_payments_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_payments_received_on CHECK (received_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_payments_recorded_at CHECK (recorded_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_payments_origin CHECK (origin IN ('recorded', 'status_menu')),
    CONSTRAINT ic_payments_reversed_minor CHECK (reversed_minor >= 0),
    CONSTRAINT ic_payments_reversed_on CHECK (reversed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_payments_unapplied_minor CHECK (unapplied_minor >= 0),
    CONSTRAINT ic_payments_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
) STRICT;

CREATE INDEX ic_payments_by_client_id ON ic_payments (firm_id, client_id, id);

CREATE INDEX ic_payments_by_received_on ON ic_payments (firm_id, received_on, id);

CREATE TABLE ic_people (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    timezone TEXT,
    client_id TEXT,
    archived INTEGER NOT NULL,
    limited INTEGER NOT NULL,
    CONSTRAINT ic_people_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_people_client CHECK ((role = 'contact') = (client_id IS NOT NULL)),
    CONSTRAINT ic_people_version CHECK (version > 0),
    CONSTRAINT ic_people_role CHECK (role IN ('manager', 'supervisor', 'worker', 'contact')),
    CONSTRAINT ic_people_archived CHECK (archived IN (0, 1)),
    CONSTRAINT ic_people_limited CHECK (limited IN (0, 1)),
    CONSTRAINT ic_people_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id),
    CONSTRAINT ic_people_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
) STRICT;

CREATE INDEX ic_people_by_client_id ON ic_people (firm_id, client_id, id);

CREATE TABLE ic_projects (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_on TEXT,
    notes TEXT NOT NULL,
    archived INTEGER NOT NULL,
    billable INTEGER NOT NULL,
    tax TEXT,
    billing TEXT NOT NULL,
    cap_minor INTEGER,
    cap_currency TEXT,
    cap_used_minor INTEGER,
    cap_used_currency TEXT,
    CONSTRAINT ic_projects_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_projects_cap CHECK ((cap_minor IS NULL) = (cap_currency IS NULL)),
    CONSTRAINT ic_projects_cap_used CHECK ((cap_used_minor IS NULL) = (cap_used_currency IS NULL)),
    CONSTRAINT ic_projects_version CHECK (version > 0),
    CONSTRAINT ic_projects_starts_on CHECK (starts_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_projects_archived CHECK (archived IN (0, 1)),
    CONSTRAINT ic_projects_billable CHECK (billable IN (0, 1)),
    CONSTRAINT ic_projects_billing CHECK (billing IN ('hourly', 'fixed')),
    CONSTRAINT ic_projects_cap_currency CHECK (length(cap_currency) = 3),
    CONSTRAINT ic_projects_cap_used_currency CHECK (length(cap_used_currency) = 3),
    CONSTRAINT ic_projects_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
) STRICT;

CREATE INDEX ic_projects_by_client_id ON ic_projects (firm_id, client_id, id);

CREATE INDEX ic_projects_by_name ON ic_projects (firm_id, name, id);

CREATE TABLE ic_applications (
    firm_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    invoice_id TEXT NOT NULL,
    minor INTEGER NOT NULL,
    CONSTRAINT ic_applications_pk PRIMARY KEY (firm_id, payment_id, place),
    CONSTRAINT ic_applications_place CHECK (place >= 0),
    CONSTRAINT ic_applications_minor CHECK (minor >= 0),
    CONSTRAINT ic_applications_firm_id_payment_id_fk FOREIGN KEY(firm_id, payment_id) REFERENCES ic_payments (firm_id, id),
    CONSTRAINT ic_applications_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id)
) STRICT;

CREATE INDEX ic_applications_by_invoice_id ON ic_applications (firm_id, invoice_id, payment_id);

CREATE TABLE ic_assignments (
    firm_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    CONSTRAINT ic_assignments_pk PRIMARY KEY (firm_id, project_id, person_id),
    CONSTRAINT ic_assignments_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_assignments_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
) STRICT;

CREATE INDEX ic_assignments_by_person_id ON ic_assignments (firm_id, person_id, project_id);

CREATE TABLE ic_charges (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    project_id TEXT,
    note TEXT NOT NULL,
    cost TEXT NOT NULL,
    receipt TEXT,
    billable INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    tax TEXT,
    CONSTRAINT ic_charges_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_charges_amount CHECK (CASE kind WHEN 'allowance' THEN minor <= 0 ELSE minor >= 0 END),
    CONSTRAINT ic_charges_version CHECK (version > 0),
    CONSTRAINT ic_charges_kind CHECK (kind IN ('expense', 'fee', 'allowance')),
    CONSTRAINT ic_charges_day CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_charges_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_charges_billable CHECK (billable IN (0, 1)),
    CONSTRAINT ic_charges_removed CHECK (removed IN (0, 1)),
    CONSTRAINT ic_charges_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_charges_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_charges_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id),
    CONSTRAINT ic_charges_firm_id_receipt_fk FOREIGN KEY(firm_id, receipt) REFERENCES ic_receipts (firm_id, id)
) STRICT;

CREATE INDEX ic_charges_by_client_id ON ic_charges (firm_id, client_id, day, id);

CREATE INDEX ic_charges_by_day ON ic_charges (firm_id, day, id);

CREATE INDEX ic_charges_by_person_id ON ic_charges (firm_id, person_id, day, id);

CREATE INDEX ic_charges_by_project_id ON ic_charges (firm_id, project_id, day, id);

CREATE INDEX ic_charges_discounts ON ic_charges (firm_id, client_id, day, id) WHERE minor < 0;

CREATE INDEX ic_charges_of_receipt ON ic_charges (firm_id, receipt) WHERE receipt IS NOT NULL;

CREATE TABLE ic_contact_projects (
    firm_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    CONSTRAINT ic_contact_projects_pk PRIMARY KEY (firm_id, person_id, project_id),
    CONSTRAINT ic_contact_projects_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id),
    CONSTRAINT ic_contact_projects_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id)
) STRICT;

CREATE INDEX ic_contact_projects_of_project_id ON ic_contact_projects (firm_id, project_id);

CREATE TABLE ic_covers (
    firm_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    source_id TEXT,
    minor INTEGER NOT NULL,
    tax TEXT,
    CONSTRAINT ic_covers_pk PRIMARY KEY (firm_id, invoice_id, place),
    CONSTRAINT ic_covers_place CHECK (place >= 0),
    CONSTRAINT ic_covers_minor CHECK (minor >= 0),
    CONSTRAINT ic_covers_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_covers_firm_id_source_id_fk FOREIGN KEY(firm_id, source_id) REFERENCES ic_invoices (firm_id, id)
) STRICT;

CREATE INDEX ic_covers_by_source_id ON ic_covers (firm_id, source_id, invoice_id);

CREATE TABLE ic_entries (
    firm_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    minor INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,
    booked_at TEXT NOT NULL,
    work_day TEXT NOT NULL,
    cause TEXT NOT NULL,
    "by" TEXT NOT NULL,
    invoice_id TEXT,
    note TEXT NOT NULL,
    work_project_id TEXT,
    work_person_id TEXT,
    work_duration_us INTEGER,
    work_rate TEXT,
    work_rate_currency TEXT,
    work_note TEXT,
    takes_back INTEGER,
    books_again INTEGER,
    CONSTRAINT ic_entries_pk PRIMARY KEY (firm_id, client_id, sequence),
    CONSTRAINT ic_entries_work CHECK ((work_project_id IS NULL) = (work_person_id IS NULL) AND (work_project_id IS NULL) = (work_duration_us IS NULL) AND (work_project_id IS NULL) = (work_rate IS NULL) AND (work_project_id IS NULL) = (work_rate_currency IS NULL) AND (work_project_id IS NULL) = (work_note IS NULL)),
    CONSTRAINT ic_entries_sequence CHECK (sequence > 0),
    CONSTRAINT ic_entries_kind CHECK (kind IN ('work', 'work_reversed', 'payment', 'payment_reversed', 'credit_applied', 'credit_released', 'adjustment', 'write_off', 'write_off_reversed', 'expense', 'expense_reversed', 'fee', 'fee_reversed', 'allowance', 'allowance_reversed')),
    CONSTRAINT ic_entries_booked_at CHECK (booked_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_entries_work_day CHECK (work_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_entries_work_duration_us CHECK (work_duration_us >= 0),
    CONSTRAINT ic_entries_work_rate_currency CHECK (length(work_rate_currency) = 3),
    CONSTRAINT ic_entries_takes_back CHECK (takes_back > 0),
    CONSTRAINT ic_entries_books_again CHECK (books_again > 0),
    CONSTRAINT ic_entries_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_accounts (firm_id, client_id),
    CONSTRAINT ic_entries_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id)
) STRICT;

CREATE INDEX ic_entries_by_client_id ON ic_entries (firm_id, client_id, booked_at, sequence);

CREATE INDEX ic_entries_by_work_day ON ic_entries (firm_id, client_id, work_day, sequence, minor);

CREATE INDEX ic_entries_of_invoice_id ON ic_entries (firm_id, invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE ic_logins (
    firm_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    password_hash TEXT,
    admitted_from TEXT NOT NULL,
    last_sign_in TEXT,
    password_changed_at TEXT,
    CONSTRAINT ic_logins_pk PRIMARY KEY (firm_id, person_id),
    CONSTRAINT ic_logins_version CHECK (version > 0),
    CONSTRAINT ic_logins_admitted_from CHECK (admitted_from IS NULL OR json_valid(admitted_from)),
    CONSTRAINT ic_logins_last_sign_in CHECK (last_sign_in GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_logins_password_changed_at CHECK (password_changed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_logins_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
) STRICT;

CREATE TABLE ic_rates (
    firm_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    rate TEXT NOT NULL,
    rate_currency TEXT NOT NULL,
    since TEXT,
    CONSTRAINT ic_rates_pk PRIMARY KEY (firm_id, project_id, place),
    CONSTRAINT ic_rates_place CHECK (place >= 0),
    CONSTRAINT ic_rates_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_rates_since CHECK (since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_rates_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id)
) STRICT;

CREATE TABLE ic_receivables (
    firm_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    invoice_id TEXT,
    payment_id TEXT,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    covered_minor INTEGER NOT NULL,
    due_on TEXT,
    booked_on TEXT NOT NULL,
    work_day TEXT NOT NULL,
    counts_from TEXT NOT NULL,
    takes_back INTEGER,
    tax_minor INTEGER NOT NULL,
    deposit TEXT,
    CONSTRAINT ic_receivables_pk PRIMARY KEY (firm_id, client_id, sequence),
    CONSTRAINT ic_receivables_sequence CHECK (sequence > 0),
    CONSTRAINT ic_receivables_kind CHECK (kind IN ('invoice', 'payment', 'refund', 'void', 'revert', 'write_off')),
    CONSTRAINT ic_receivables_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_receivables_due_on CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_receivables_booked_on CHECK (booked_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_receivables_work_day CHECK (work_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_receivables_counts_from CHECK (counts_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_receivables_takes_back CHECK (takes_back > 0),
    CONSTRAINT ic_receivables_deposit CHECK (deposit IN ('to_balance', 'not_deposited')),
    CONSTRAINT ic_receivables_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_accounts (firm_id, client_id),
    CONSTRAINT ic_receivables_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_receivables_firm_id_payment_id_fk FOREIGN KEY(firm_id, payment_id) REFERENCES ic_payments (firm_id, id)
) STRICT;

CREATE INDEX ic_receivables_by_client_id ON ic_receivables (firm_id, client_id, counts_from, sequence);

CREATE INDEX ic_receivables_by_counts_from ON ic_receivables (firm_id, counts_from, client_id, sequence);

CREATE INDEX ic_receivables_of_invoice_id ON ic_receivables (firm_id, invoice_id) WHERE invoice_id IS NOT NULL;

CREATE INDEX ic_receivables_of_payment_id ON ic_receivables (firm_id, payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE ic_sessions (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    start TEXT NOT NULL,
    duration_us INTEGER NOT NULL,
    rate TEXT NOT NULL,
    rate_currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    billable INTEGER NOT NULL,
    note TEXT NOT NULL,
    stated_day TEXT,
    over_limit INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    rate_stated INTEGER NOT NULL,
    CONSTRAINT ic_sessions_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_sessions_version CHECK (version > 0),
    CONSTRAINT ic_sessions_start CHECK (start GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_sessions_duration_us CHECK (duration_us >= 0),
    CONSTRAINT ic_sessions_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_sessions_minor CHECK (minor >= 0),
    CONSTRAINT ic_sessions_billable CHECK (billable IN (0, 1)),
    CONSTRAINT ic_sessions_stated_day CHECK (stated_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_sessions_over_limit CHECK (over_limit IN (0, 1)),
    CONSTRAINT ic_sessions_removed CHECK (removed IN (0, 1)),
    CONSTRAINT ic_sessions_rate_stated CHECK (rate_stated IN (0, 1)),
    CONSTRAINT ic_sessions_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_sessions_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_sessions_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
) STRICT;

CREATE INDEX ic_sessions_by_client_id ON ic_sessions (firm_id, client_id, start, id);

CREATE INDEX ic_sessions_by_person_id ON ic_sessions (firm_id, person_id, start, id, removed, duration_us);

CREATE INDEX ic_sessions_by_project_id ON ic_sessions (firm_id, project_id, start, id, removed, duration_us);

CREATE INDEX ic_sessions_by_start ON ic_sessions (firm_id, start, id);

CREATE TABLE ic_timers (
    firm_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    start TEXT NOT NULL,
    rate TEXT NOT NULL,
    rate_currency TEXT NOT NULL,
    billable INTEGER NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT ic_timers_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_timers_version CHECK (version > 0),
    CONSTRAINT ic_timers_start CHECK (start GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    CONSTRAINT ic_timers_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_timers_billable CHECK (billable IN (0, 1)),
    CONSTRAINT ic_timers_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_timers_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_timers_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
) STRICT;

CREATE INDEX ic_timers_by_start ON ic_timers (firm_id, start, id);

CREATE INDEX ic_timers_of_client_id ON ic_timers (firm_id, client_id);

CREATE INDEX ic_timers_of_person_id ON ic_timers (firm_id, person_id);

CREATE INDEX ic_timers_of_project_id ON ic_timers (firm_id, project_id);

CREATE TABLE ic_lines (
    firm_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    description TEXT NOT NULL,
    minor INTEGER NOT NULL,
    session_id TEXT,
    project_id TEXT,
    person_id TEXT,
    duration_us INTEGER,
    rate TEXT,
    rate_currency TEXT,
    day TEXT,
    blocks INTEGER,
    charge_id TEXT,
    kind TEXT,
    tax TEXT,
    CONSTRAINT ic_lines_pk PRIMARY KEY (firm_id, invoice_id, place),
    CONSTRAINT ic_lines_rate CHECK ((rate IS NULL) = (rate_currency IS NULL)),
    CONSTRAINT ic_lines_place CHECK (place >= 0),
    CONSTRAINT ic_lines_duration_us CHECK (duration_us >= 0),
    CONSTRAINT ic_lines_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_lines_day CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    CONSTRAINT ic_lines_blocks CHECK (blocks >= 0),
    CONSTRAINT ic_lines_kind CHECK (kind IN ('expense', 'fee', 'allowance')),
    CONSTRAINT ic_lines_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_lines_firm_id_session_id_fk FOREIGN KEY(firm_id, session_id) REFERENCES ic_sessions (firm_id, id),
    CONSTRAINT ic_lines_firm_id_charge_id_fk FOREIGN KEY(firm_id, charge_id) REFERENCES ic_charges (firm_id, id)
) STRICT;

CREATE INDEX ic_lines_of_charge_id ON ic_lines (firm_id, charge_id) WHERE charge_id IS NOT NULL;

CREATE INDEX ic_lines_of_session_id ON ic_lines (firm_id, session_id) WHERE session_id IS NOT NULL;

CREATE VIEW ic_v_clients AS
    SELECT c.firm_id, c.id, c.name, c.archived, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.balance_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.balance_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.balance_minor / 10000.0 ELSE a.balance_minor / 100.0 END AS balance,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.allowed_balance_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.allowed_balance_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.allowed_balance_minor / 10000.0 ELSE a.allowed_balance_minor / 100.0 END AS allowed_balance,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.refill_threshold_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.refill_threshold_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.refill_threshold_minor / 10000.0 ELSE a.refill_threshold_minor / 100.0 END AS refill_threshold,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.outstanding_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.outstanding_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.outstanding_minor / 10000.0 ELSE a.outstanding_minor / 100.0 END AS outstanding,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.credit_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.credit_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.credit_minor / 10000.0 ELSE a.credit_minor / 100.0 END AS credit,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.unbilled_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.unbilled_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN a.unbilled_minor / 10000.0 ELSE a.unbilled_minor / 100.0 END AS unbilled
    FROM ic_clients AS c JOIN ic_accounts AS a ON a.firm_id = c.firm_id AND a.client_id = c.id;

CREATE VIEW ic_v_projects AS
    SELECT p.firm_id, p.id, p.name, p.client_id, c.name AS client, p.starts_on, p.billable, p.archived,
        p.billing, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.cap_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.cap_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN p.cap_minor / 10000.0 ELSE p.cap_minor / 100.0 END AS cap,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.cap_used_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.cap_used_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN p.cap_used_minor / 10000.0 ELSE p.cap_used_minor / 100.0 END AS cap_used
    FROM ic_projects AS p JOIN ic_clients AS c ON c.firm_id = p.firm_id AND c.id = p.client_id;

CREATE VIEW ic_v_people AS
    SELECT p.firm_id, p.id, p.name, p.role, p.email, p.client_id, p.archived
    FROM ic_people AS p;

CREATE VIEW ic_v_sessions AS
    SELECT s.firm_id, s.id, s.client_id, c.name AS client, s.project_id, p.name AS project, s.person_id,
        w.name AS person, s.start, s.duration_us / 3600000000.0 AS hours, s.billable, s.rate_currency AS currency,
        CASE WHEN s.rate_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN s.minor / 1.0 WHEN s.rate_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN s.minor / 1000.0 WHEN s.rate_currency IN ('CLF', 'UYW') THEN s.minor / 10000.0 ELSE s.minor / 100.0 END AS amount, s.note
    FROM ic_sessions AS s JOIN ic_clients AS c ON c.firm_id = s.firm_id AND c.id = s.client_id
        JOIN ic_projects AS p ON p.firm_id = s.firm_id AND p.id = s.project_id
        JOIN ic_people AS w ON w.firm_id = s.firm_id AND w.id = s.person_id
    WHERE NOT s.removed;

CREATE VIEW ic_v_charges AS
    SELECT h.firm_id, h.id, h.client_id, c.name AS client, h.project_id, p.name AS project, h.person_id,
        w.name AS person, h.kind, h.day, h.billable, h.currency,
        CASE WHEN h.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN h.minor / 1.0 WHEN h.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN h.minor / 1000.0 WHEN h.currency IN ('CLF', 'UYW') THEN h.minor / 10000.0 ELSE h.minor / 100.0 END AS amount, h.cost, h.tax, h.note
    FROM ic_charges AS h JOIN ic_clients AS c ON c.firm_id = h.firm_id AND c.id = h.client_id
        LEFT JOIN ic_projects AS p ON p.firm_id = h.firm_id AND p.id = h.project_id
        JOIN ic_people AS w ON w.firm_id = h.firm_id AND w.id = h.person_id
    WHERE NOT h.removed;

CREATE VIEW ic_v_invoices AS
    SELECT i.firm_id, i.id, i.number, i.kind, i.status, i.client_id, c.name AS client, i.issued_on, i.due_on,
        i.currency,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.total_minor / 1.0 WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.total_minor / 1000.0 WHEN i.currency IN ('CLF', 'UYW') THEN i.total_minor / 10000.0 ELSE i.total_minor / 100.0 END AS total,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.tax_minor / 1.0 WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.tax_minor / 1000.0 WHEN i.currency IN ('CLF', 'UYW') THEN i.tax_minor / 10000.0 ELSE i.tax_minor / 100.0 END AS tax,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.covered_minor / 1.0 WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.covered_minor / 1000.0 WHEN i.currency IN ('CLF', 'UYW') THEN i.covered_minor / 10000.0 ELSE i.covered_minor / 100.0 END AS covered,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.paid_minor / 1.0 WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.paid_minor / 1000.0 WHEN i.currency IN ('CLF', 'UYW') THEN i.paid_minor / 10000.0 ELSE i.paid_minor / 100.0 END AS paid,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) / 1.0 WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) / 1000.0 WHEN i.currency IN ('CLF', 'UYW') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) / 10000.0 ELSE (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) / 100.0 END AS amount_due
    FROM ic_invoices AS i JOIN ic_clients AS c ON c.firm_id = i.firm_id AND c.id = i.client_id;

CREATE VIEW ic_v_payments AS
    SELECT p.firm_id, p.id, p.client_id, c.name AS client, p.received_on, p.method, p.reference, p.currency,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.minor / 1.0 WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.minor / 1000.0 WHEN p.currency IN ('CLF', 'UYW') THEN p.minor / 10000.0 ELSE p.minor / 100.0 END AS amount,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.reversed_minor / 1.0 WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.reversed_minor / 1000.0 WHEN p.currency IN ('CLF', 'UYW') THEN p.reversed_minor / 10000.0 ELSE p.reversed_minor / 100.0 END AS reversed,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.unapplied_minor / 1.0 WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.unapplied_minor / 1000.0 WHEN p.currency IN ('CLF', 'UYW') THEN p.unapplied_minor / 10000.0 ELSE p.unapplied_minor / 100.0 END AS unapplied
    FROM ic_payments AS p JOIN ic_clients AS c ON c.firm_id = p.firm_id AND c.id = p.client_id;

CREATE VIEW ic_v_entries AS
    SELECT e.firm_id, e.client_id || ':' || e.sequence AS id, e.client_id, c.name AS client, e.sequence, e.kind,
        e.booked_at, e.work_day, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN e.minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN e.minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN e.minor / 10000.0 ELSE e.minor / 100.0 END AS amount,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN e.balance_minor / 1.0 WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN e.balance_minor / 1000.0 WHEN c.currency IN ('CLF', 'UYW') THEN e.balance_minor / 10000.0 ELSE e.balance_minor / 100.0 END AS balance, e.invoice_id, e.note
    FROM ic_entries AS e JOIN ic_clients AS c ON c.firm_id = e.firm_id AND c.id = e.client_id;

CREATE TRIGGER ic_entries_no_update BEFORE UPDATE ON ic_entries BEGIN SELECT RAISE(ABORT, 'ic_entries: what was appended stays as it is'); END;

CREATE TRIGGER ic_entries_no_delete BEFORE DELETE ON ic_entries WHEN NOT EXISTS (SELECT 1 FROM ic_removals WHERE firm_id = OLD.firm_id AND going) BEGIN SELECT RAISE(ABORT, 'ic_entries: what was appended stays as it is'); END;

CREATE TRIGGER ic_entries_follow BEFORE INSERT ON ic_entries WHEN NOT (NOT EXISTS (SELECT 1 FROM ic_entries WHERE firm_id = NEW.firm_id AND client_id = NEW.client_id AND sequence = NEW.sequence) AND (
    NEW.sequence = 1 AND NEW.balance_minor = NEW.minor
    OR EXISTS (
        SELECT 1 FROM ic_entries AS former
        WHERE former.firm_id = NEW.firm_id
            AND former.client_id = NEW.client_id
            AND former.sequence = NEW.sequence - 1
            AND former.balance_minor = NEW.balance_minor - NEW.minor
    )
)) BEGIN SELECT RAISE(ABORT, 'ic_entries: this does not follow from what was appended before'); END;

CREATE TRIGGER ic_status_changes_no_update BEFORE UPDATE ON ic_status_changes BEGIN SELECT RAISE(ABORT, 'ic_status_changes: what was appended stays as it is'); END;

CREATE TRIGGER ic_status_changes_no_delete BEFORE DELETE ON ic_status_changes WHEN NOT EXISTS (SELECT 1 FROM ic_removals WHERE firm_id = OLD.firm_id AND going) BEGIN SELECT RAISE(ABORT, 'ic_status_changes: what was appended stays as it is'); END;

CREATE TRIGGER ic_status_changes_follow BEFORE INSERT ON ic_status_changes WHEN NOT (NOT EXISTS (SELECT 1 FROM ic_status_changes WHERE firm_id = NEW.firm_id AND invoice_id = NEW.invoice_id AND sequence = NEW.sequence) AND (
    NEW.sequence = 1 AND NEW.before IS NULL
    OR EXISTS (
        SELECT 1 FROM ic_status_changes AS former
        WHERE former.firm_id = NEW.firm_id
            AND former.invoice_id = NEW.invoice_id
            AND former.sequence = NEW.sequence - 1
            AND former.after = NEW.before
    )
)) BEGIN SELECT RAISE(ABORT, 'ic_status_changes: this does not follow from what was appended before'); END;

CREATE TRIGGER ic_receivables_no_update BEFORE UPDATE ON ic_receivables BEGIN SELECT RAISE(ABORT, 'ic_receivables: what was appended stays as it is'); END;

CREATE TRIGGER ic_receivables_no_delete BEFORE DELETE ON ic_receivables WHEN NOT EXISTS (SELECT 1 FROM ic_removals WHERE firm_id = OLD.firm_id AND going) BEGIN SELECT RAISE(ABORT, 'ic_receivables: what was appended stays as it is'); END;

CREATE TRIGGER ic_receivables_follow BEFORE INSERT ON ic_receivables WHEN NOT (NOT EXISTS (SELECT 1 FROM ic_receivables WHERE firm_id = NEW.firm_id AND client_id = NEW.client_id AND sequence = NEW.sequence) AND (
    NEW.sequence = 1
    OR EXISTS (
        SELECT 1 FROM ic_receivables AS former
        WHERE former.firm_id = NEW.firm_id
            AND former.client_id = NEW.client_id
            AND former.sequence = NEW.sequence - 1
    )
)) BEGIN SELECT RAISE(ABORT, 'ic_receivables: this does not follow from what was appended before'); END;

CREATE TRIGGER ic_audit_no_update BEFORE UPDATE ON ic_audit BEGIN SELECT RAISE(ABORT, 'ic_audit: what was appended stays as it is'); END;

CREATE TRIGGER ic_audit_no_delete BEFORE DELETE ON ic_audit WHEN NOT EXISTS (SELECT 1 FROM ic_removals WHERE firm_id = OLD.firm_id AND going) BEGIN SELECT RAISE(ABORT, 'ic_audit: what was appended stays as it is'); END;

CREATE TRIGGER ic_audit_follow BEFORE INSERT ON ic_audit WHEN NOT (NOT EXISTS (SELECT 1 FROM ic_audit WHERE firm_id = NEW.firm_id AND id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'ic_audit: this does not follow from what was appended before'); END;

CREATE TRIGGER ic_audit_entities AFTER INSERT ON ic_audit BEGIN INSERT INTO ic_audit_entities (firm_id, entity_id, audit_id) SELECT DISTINCT NEW.firm_id, json_extract(value, '$[1]'), NEW.id FROM json_each(NEW.changes); END
