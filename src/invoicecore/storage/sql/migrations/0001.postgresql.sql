CREATE TABLE ic_audit (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    changes JSONB NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    position BIGINT,
    CONSTRAINT ic_audit_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_audit_order UNIQUE (firm_id, position),
    CONSTRAINT ic_audit_position CHECK (position > 0)
);

CREATE INDEX ic_audit_by_action ON ic_audit (firm_id, action, position);

CREATE TABLE ic_audit_entities (
    firm_id TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    audit_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_audit_entities_pk PRIMARY KEY (firm_id, entity_id, audit_id)
);

CREATE TABLE ic_counters (
    firm_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    next BIGINT NOT NULL,
    CONSTRAINT ic_counters_pk PRIMARY KEY (firm_id, name),
    CONSTRAINT ic_counters_next CHECK (next > 0)
);

CREATE TABLE ic_firms (
    firm_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    timezone TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    theme TEXT COLLATE "C" NOT NULL,
    payment_terms_days BIGINT NOT NULL,
    payment_terms_months BIGINT NOT NULL,
    payment_terms_end_of_month BOOLEAN NOT NULL,
    number_pattern TEXT COLLATE "C" NOT NULL,
    locale TEXT COLLATE "C" NOT NULL,
    logo TEXT COLLATE "C",
    tax_id TEXT COLLATE "C" NOT NULL,
    payment_instructions TEXT COLLATE "C" NOT NULL,
    events TEXT COLLATE "C" NOT NULL,
    next_number BIGINT,
    former_zones JSONB NOT NULL,
    import_answers JSONB NOT NULL,
    taxes JSONB NOT NULL,
    tax TEXT COLLATE "C",
    party JSONB,
    owner_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_firms_pk PRIMARY KEY (firm_id),
    CONSTRAINT ic_firms_version CHECK (version > 0),
    CONSTRAINT ic_firms_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_firms_payment_terms_days CHECK (payment_terms_days >= 0),
    CONSTRAINT ic_firms_payment_terms_months CHECK (payment_terms_months >= 0),
    CONSTRAINT ic_firms_events CHECK (events IN ('money', 'all'))
);

CREATE TABLE ic_idempotency (
    firm_id TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    request TEXT COLLATE "C" NOT NULL,
    result JSONB,
    CONSTRAINT ic_idempotency_pk PRIMARY KEY (firm_id, key)
);

CREATE TABLE ic_outbox (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    event JSONB NOT NULL,
    due TIMESTAMP WITH TIME ZONE DEFAULT '1970-01-01T00:00:00.000000Z',
    attempts BIGINT DEFAULT '0' NOT NULL,
    error TEXT COLLATE "C" DEFAULT '' NOT NULL,
    CONSTRAINT ic_outbox_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_outbox_attempts CHECK (attempts >= 0)
);

CREATE INDEX ic_outbox_by_due ON ic_outbox (firm_id, due, at, id);

CREATE TABLE ic_removals (
    firm_id TEXT COLLATE "C" NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    going BOOLEAN NOT NULL,
    CONSTRAINT ic_removals_pk PRIMARY KEY (firm_id, removed_at)
);

CREATE TABLE ic_reservations (
    firm_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_reservations_pk PRIMARY KEY (firm_id, kind, key),
    CONSTRAINT ic_reservations_kind CHECK (kind IN ('number', 'charge', 'email', 'timer', 'import'))
);

CREATE TABLE ic_status_changes (
    firm_id TEXT COLLATE "C" NOT NULL,
    invoice_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    before TEXT COLLATE "C",
    after TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_status_changes_pk PRIMARY KEY (firm_id, invoice_id, sequence),
    CONSTRAINT ic_status_changes_sequence CHECK (sequence > 0),
    CONSTRAINT ic_status_changes_before CHECK (before IN ('draft', 'generated', 'due', 'paid', 'overdue', 'uncollectible', 'void')),
    CONSTRAINT ic_status_changes_after CHECK (after IN ('draft', 'generated', 'due', 'paid', 'overdue', 'uncollectible', 'void'))
);

CREATE TABLE ic_clients (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    billing_address TEXT COLLATE "C" NOT NULL,
    payment_terms_days BIGINT,
    payment_terms_months BIGINT,
    payment_terms_end_of_month BOOLEAN,
    locale TEXT COLLATE "C",
    archived BOOLEAN NOT NULL,
    tax TEXT COLLATE "C",
    party JSONB,
    CONSTRAINT ic_clients_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_clients_payment_terms CHECK ((payment_terms_days IS NULL) = (payment_terms_months IS NULL) AND (payment_terms_days IS NULL) = (payment_terms_end_of_month IS NULL)),
    CONSTRAINT ic_clients_version CHECK (version > 0),
    CONSTRAINT ic_clients_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_clients_payment_terms_days CHECK (payment_terms_days >= 0),
    CONSTRAINT ic_clients_payment_terms_months CHECK (payment_terms_months >= 0),
    CONSTRAINT ic_clients_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
);

CREATE INDEX ic_clients_by_name ON ic_clients (firm_id, name, id);

CREATE TABLE ic_logos (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    content BYTEA NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    CONSTRAINT ic_logos_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_logos_version CHECK (version > 0),
    CONSTRAINT ic_logos_width CHECK (width > 0),
    CONSTRAINT ic_logos_height CHECK (height > 0),
    CONSTRAINT ic_logos_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
);

CREATE TABLE ic_receipts (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    content BYTEA NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_receipts_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_receipts_version CHECK (version > 0),
    CONSTRAINT ic_receipts_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id)
);

CREATE TABLE ic_accounts (
    firm_id TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    balance_minor BIGINT NOT NULL,
    utilization_base_minor BIGINT NOT NULL,
    booked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    allowed_balance_minor BIGINT,
    refill_threshold_minor BIGINT,
    refill_rate TEXT COLLATE "C",
    refill_hours TEXT COLLATE "C",
    refill_advance TEXT COLLATE "C",
    outstanding_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    unbilled_minor BIGINT NOT NULL,
    reverted_minor BIGINT NOT NULL,
    uncollectible_minor BIGINT NOT NULL,
    receivables_sequence BIGINT NOT NULL,
    receivables_booked_on DATE NOT NULL,
    has_imports BOOLEAN NOT NULL,
    CONSTRAINT ic_accounts_pk PRIMARY KEY (firm_id, client_id),
    CONSTRAINT ic_accounts_refill CHECK ((refill_threshold_minor IS NULL) = (refill_rate IS NULL) AND (refill_threshold_minor IS NULL) = (refill_hours IS NULL) AND (refill_threshold_minor IS NULL) = (refill_advance IS NULL)),
    CONSTRAINT ic_accounts_version CHECK (version > 0),
    CONSTRAINT ic_accounts_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_accounts_sequence CHECK (sequence >= 0),
    CONSTRAINT ic_accounts_refill_advance CHECK (refill_advance IN ('taxed', 'untaxed')),
    CONSTRAINT ic_accounts_outstanding_minor CHECK (outstanding_minor >= 0),
    CONSTRAINT ic_accounts_credit_minor CHECK (credit_minor >= 0),
    CONSTRAINT ic_accounts_reverted_minor CHECK (reverted_minor >= 0),
    CONSTRAINT ic_accounts_uncollectible_minor CHECK (uncollectible_minor >= 0),
    CONSTRAINT ic_accounts_receivables_sequence CHECK (receivables_sequence >= 0),
    CONSTRAINT ic_accounts_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
);

CREATE TABLE ic_invoices (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    deposit TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C" NOT NULL,
    total_minor BIGINT NOT NULL,
    covered_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    forgiven_minor BIGINT NOT NULL,
    number TEXT COLLATE "C",
    selection JSONB,
    issued_on DATE,
    due_on DATE,
    parties JSONB,
    status_version BIGINT NOT NULL,
    notes TEXT COLLATE "C" NOT NULL,
    released JSONB NOT NULL,
    ended_on DATE,
    tax_minor BIGINT NOT NULL,
    covered_tax_minor BIGINT NOT NULL,
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
    CONSTRAINT ic_invoices_status_version CHECK (status_version >= 0),
    CONSTRAINT ic_invoices_tax_minor CHECK (tax_minor >= 0),
    CONSTRAINT ic_invoices_covered_tax_minor CHECK (covered_tax_minor >= 0),
    CONSTRAINT ic_invoices_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
);

CREATE INDEX ic_invoices_awaited ON ic_invoices (firm_id, due_on) WHERE status IN ('generated', 'due');

CREATE INDEX ic_invoices_by_client_id ON ic_invoices (firm_id, client_id, id);

CREATE INDEX ic_invoices_by_status ON ic_invoices (firm_id, status, id);

CREATE TABLE ic_payments (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    received_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    reversed_minor BIGINT NOT NULL,
    reversed_on DATE,
    unapplied_minor BIGINT NOT NULL,
    CONSTRAINT ic_payments_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_payments_parts CHECK (reversed_minor + unapplied_minor <= minor),
    CONSTRAINT ic_payments_version CHECK (version > 0),
    CONSTRAINT ic_payments_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_payments_origin CHECK (origin IN ('recorded', 'status_menu')),
    CONSTRAINT ic_payments_reversed_minor CHECK (reversed_minor >= 0),
    CONSTRAINT ic_payments_unapplied_minor CHECK (unapplied_minor >= 0),
    CONSTRAINT ic_payments_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
);

CREATE INDEX ic_payments_by_client_id ON ic_payments (firm_id, client_id, id);

CREATE INDEX ic_payments_by_received_on ON ic_payments (firm_id, received_on, id);

CREATE TABLE ic_people (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C",
    timezone TEXT COLLATE "C",
    client_id TEXT COLLATE "C",
    archived BOOLEAN NOT NULL,
    limited BOOLEAN NOT NULL,
    CONSTRAINT ic_people_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_people_client CHECK ((role = 'contact') = (client_id IS NOT NULL)),
    CONSTRAINT ic_people_version CHECK (version > 0),
    CONSTRAINT ic_people_role CHECK (role IN ('manager', 'supervisor', 'worker', 'contact')),
    CONSTRAINT ic_people_firm_id_fk FOREIGN KEY(firm_id) REFERENCES ic_firms (firm_id),
    CONSTRAINT ic_people_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
);

CREATE INDEX ic_people_by_client_id ON ic_people (firm_id, client_id, id);

CREATE TABLE ic_projects (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    starts_on DATE,
    notes TEXT COLLATE "C" NOT NULL,
    archived BOOLEAN NOT NULL,
    billable BOOLEAN NOT NULL,
    tax TEXT COLLATE "C",
    billing TEXT COLLATE "C" NOT NULL,
    cap_minor BIGINT,
    cap_currency TEXT COLLATE "C",
    cap_used_minor BIGINT,
    cap_used_currency TEXT COLLATE "C",
    CONSTRAINT ic_projects_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_projects_cap CHECK ((cap_minor IS NULL) = (cap_currency IS NULL)),
    CONSTRAINT ic_projects_cap_used CHECK ((cap_used_minor IS NULL) = (cap_used_currency IS NULL)),
    CONSTRAINT ic_projects_version CHECK (version > 0),
    CONSTRAINT ic_projects_billing CHECK (billing IN ('hourly', 'fixed')),
    CONSTRAINT ic_projects_cap_currency CHECK (length(cap_currency) = 3),
    CONSTRAINT ic_projects_cap_used_currency CHECK (length(cap_used_currency) = 3),
    CONSTRAINT ic_projects_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id)
);

CREATE INDEX ic_projects_by_client_id ON ic_projects (firm_id, client_id, id);

CREATE INDEX ic_projects_by_name ON ic_projects (firm_id, name, id);

CREATE TABLE ic_applications (
    firm_id TEXT COLLATE "C" NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    invoice_id TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    CONSTRAINT ic_applications_pk PRIMARY KEY (firm_id, payment_id, place),
    CONSTRAINT ic_applications_place CHECK (place >= 0),
    CONSTRAINT ic_applications_minor CHECK (minor >= 0),
    CONSTRAINT ic_applications_firm_id_payment_id_fk FOREIGN KEY(firm_id, payment_id) REFERENCES ic_payments (firm_id, id),
    CONSTRAINT ic_applications_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id)
);

CREATE INDEX ic_applications_by_invoice_id ON ic_applications (firm_id, invoice_id, payment_id);

CREATE TABLE ic_assignments (
    firm_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_assignments_pk PRIMARY KEY (firm_id, project_id, person_id),
    CONSTRAINT ic_assignments_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_assignments_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
);

CREATE INDEX ic_assignments_by_person_id ON ic_assignments (firm_id, person_id, project_id);

CREATE TABLE ic_charges (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C",
    note TEXT COLLATE "C" NOT NULL,
    cost TEXT COLLATE "C" NOT NULL,
    receipt TEXT COLLATE "C",
    billable BOOLEAN NOT NULL,
    removed BOOLEAN NOT NULL,
    tax TEXT COLLATE "C",
    CONSTRAINT ic_charges_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_charges_amount CHECK (CASE kind WHEN 'allowance' THEN minor <= 0 ELSE minor >= 0 END),
    CONSTRAINT ic_charges_version CHECK (version > 0),
    CONSTRAINT ic_charges_kind CHECK (kind IN ('expense', 'fee', 'allowance')),
    CONSTRAINT ic_charges_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_charges_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_charges_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_charges_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id),
    CONSTRAINT ic_charges_firm_id_receipt_fk FOREIGN KEY(firm_id, receipt) REFERENCES ic_receipts (firm_id, id)
);

CREATE INDEX ic_charges_by_client_id ON ic_charges (firm_id, client_id, day, id);

CREATE INDEX ic_charges_by_day ON ic_charges (firm_id, day, id);

CREATE INDEX ic_charges_by_person_id ON ic_charges (firm_id, person_id, day, id);

CREATE INDEX ic_charges_by_project_id ON ic_charges (firm_id, project_id, day, id);

CREATE INDEX ic_charges_discounts ON ic_charges (firm_id, client_id, day, id) WHERE minor < 0;

CREATE INDEX ic_charges_of_receipt ON ic_charges (firm_id, receipt) WHERE receipt IS NOT NULL;

CREATE TABLE ic_contact_projects (
    firm_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_contact_projects_pk PRIMARY KEY (firm_id, person_id, project_id),
    CONSTRAINT ic_contact_projects_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id),
    CONSTRAINT ic_contact_projects_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id)
);

CREATE INDEX ic_contact_projects_of_project_id ON ic_contact_projects (firm_id, project_id);

CREATE TABLE ic_covers (
    firm_id TEXT COLLATE "C" NOT NULL,
    invoice_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    source_id TEXT COLLATE "C",
    minor BIGINT NOT NULL,
    tax TEXT COLLATE "C",
    CONSTRAINT ic_covers_pk PRIMARY KEY (firm_id, invoice_id, place),
    CONSTRAINT ic_covers_place CHECK (place >= 0),
    CONSTRAINT ic_covers_minor CHECK (minor >= 0),
    CONSTRAINT ic_covers_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_covers_firm_id_source_id_fk FOREIGN KEY(firm_id, source_id) REFERENCES ic_invoices (firm_id, id)
);

CREATE INDEX ic_covers_by_source_id ON ic_covers (firm_id, source_id, invoice_id);

CREATE TABLE ic_entries (
    firm_id TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    balance_minor BIGINT NOT NULL,
    booked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    work_day DATE NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    invoice_id TEXT COLLATE "C",
    note TEXT COLLATE "C" NOT NULL,
    work_project_id TEXT COLLATE "C",
    work_person_id TEXT COLLATE "C",
    work_duration_us BIGINT,
    work_rate TEXT COLLATE "C",
    work_rate_currency TEXT COLLATE "C",
    work_note TEXT COLLATE "C",
    takes_back BIGINT,
    books_again BIGINT,
    CONSTRAINT ic_entries_pk PRIMARY KEY (firm_id, client_id, sequence),
    CONSTRAINT ic_entries_work CHECK ((work_project_id IS NULL) = (work_person_id IS NULL) AND (work_project_id IS NULL) = (work_duration_us IS NULL) AND (work_project_id IS NULL) = (work_rate IS NULL) AND (work_project_id IS NULL) = (work_rate_currency IS NULL) AND (work_project_id IS NULL) = (work_note IS NULL)),
    CONSTRAINT ic_entries_sequence CHECK (sequence > 0),
    CONSTRAINT ic_entries_kind CHECK (kind IN ('work', 'work_reversed', 'payment', 'payment_reversed', 'credit_applied', 'credit_released', 'adjustment', 'write_off', 'write_off_reversed', 'expense', 'expense_reversed', 'fee', 'fee_reversed', 'allowance', 'allowance_reversed')),
    CONSTRAINT ic_entries_work_duration_us CHECK (work_duration_us >= 0),
    CONSTRAINT ic_entries_work_rate_currency CHECK (length(work_rate_currency) = 3),
    CONSTRAINT ic_entries_takes_back CHECK (takes_back > 0),
    CONSTRAINT ic_entries_books_again CHECK (books_again > 0),
    CONSTRAINT ic_entries_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_accounts (firm_id, client_id),
    CONSTRAINT ic_entries_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id)
);

CREATE INDEX ic_entries_by_client_id ON ic_entries (firm_id, client_id, booked_at, sequence);

CREATE INDEX ic_entries_by_work_day ON ic_entries (firm_id, client_id, work_day, sequence, minor);

CREATE INDEX ic_entries_of_invoice_id ON ic_entries (firm_id, invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE ic_logins (
    firm_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    password_hash TEXT COLLATE "C",
    admitted_from JSONB NOT NULL,
    last_sign_in TIMESTAMP WITH TIME ZONE,
    password_changed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ic_logins_pk PRIMARY KEY (firm_id, person_id),
    CONSTRAINT ic_logins_version CHECK (version > 0),
    CONSTRAINT ic_logins_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
);

CREATE TABLE ic_rates (
    firm_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    rate TEXT COLLATE "C" NOT NULL,
    rate_currency TEXT COLLATE "C" NOT NULL,
    since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ic_rates_pk PRIMARY KEY (firm_id, project_id, place),
    CONSTRAINT ic_rates_place CHECK (place >= 0),
    CONSTRAINT ic_rates_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_rates_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id)
);

CREATE TABLE ic_receivables (
    firm_id TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    invoice_id TEXT COLLATE "C",
    payment_id TEXT COLLATE "C",
    currency TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    covered_minor BIGINT NOT NULL,
    due_on DATE,
    booked_on DATE NOT NULL,
    work_day DATE NOT NULL,
    counts_from DATE NOT NULL,
    takes_back BIGINT,
    tax_minor BIGINT NOT NULL,
    deposit TEXT COLLATE "C",
    CONSTRAINT ic_receivables_pk PRIMARY KEY (firm_id, client_id, sequence),
    CONSTRAINT ic_receivables_sequence CHECK (sequence > 0),
    CONSTRAINT ic_receivables_kind CHECK (kind IN ('invoice', 'payment', 'refund', 'void', 'revert', 'write_off')),
    CONSTRAINT ic_receivables_currency CHECK (length(currency) = 3),
    CONSTRAINT ic_receivables_takes_back CHECK (takes_back > 0),
    CONSTRAINT ic_receivables_deposit CHECK (deposit IN ('to_balance', 'not_deposited')),
    CONSTRAINT ic_receivables_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_accounts (firm_id, client_id),
    CONSTRAINT ic_receivables_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_receivables_firm_id_payment_id_fk FOREIGN KEY(firm_id, payment_id) REFERENCES ic_payments (firm_id, id)
);

CREATE INDEX ic_receivables_by_client_id ON ic_receivables (firm_id, client_id, counts_from, sequence);

CREATE INDEX ic_receivables_by_counts_from ON ic_receivables (firm_id, counts_from, client_id, sequence);

CREATE INDEX ic_receivables_of_invoice_id ON ic_receivables (firm_id, invoice_id) WHERE invoice_id IS NOT NULL;

CREATE INDEX ic_receivables_of_payment_id ON ic_receivables (firm_id, payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE ic_sessions (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    duration_us BIGINT NOT NULL,
    rate TEXT COLLATE "C" NOT NULL,
    rate_currency TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    billable BOOLEAN NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    stated_day DATE,
    over_limit BOOLEAN NOT NULL,
    removed BOOLEAN NOT NULL,
    rate_stated BOOLEAN NOT NULL,
    CONSTRAINT ic_sessions_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_sessions_version CHECK (version > 0),
    CONSTRAINT ic_sessions_duration_us CHECK (duration_us >= 0),
    CONSTRAINT ic_sessions_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_sessions_minor CHECK (minor >= 0),
    CONSTRAINT ic_sessions_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_sessions_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_sessions_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
);

CREATE INDEX ic_sessions_by_client_id ON ic_sessions (firm_id, client_id, start, id);

CREATE INDEX ic_sessions_by_person_id ON ic_sessions (firm_id, person_id, start, id, removed, duration_us);

CREATE INDEX ic_sessions_by_project_id ON ic_sessions (firm_id, project_id, start, id, removed, duration_us);

CREATE INDEX ic_sessions_by_start ON ic_sessions (firm_id, start, id);

CREATE TABLE ic_timers (
    firm_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    rate TEXT COLLATE "C" NOT NULL,
    rate_currency TEXT COLLATE "C" NOT NULL,
    billable BOOLEAN NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ic_timers_pk PRIMARY KEY (firm_id, id),
    CONSTRAINT ic_timers_version CHECK (version > 0),
    CONSTRAINT ic_timers_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_timers_firm_id_client_id_fk FOREIGN KEY(firm_id, client_id) REFERENCES ic_clients (firm_id, id),
    CONSTRAINT ic_timers_firm_id_project_id_fk FOREIGN KEY(firm_id, project_id) REFERENCES ic_projects (firm_id, id),
    CONSTRAINT ic_timers_firm_id_person_id_fk FOREIGN KEY(firm_id, person_id) REFERENCES ic_people (firm_id, id)
);

CREATE INDEX ic_timers_by_start ON ic_timers (firm_id, start, id);

CREATE INDEX ic_timers_of_client_id ON ic_timers (firm_id, client_id);

CREATE INDEX ic_timers_of_person_id ON ic_timers (firm_id, person_id);

CREATE INDEX ic_timers_of_project_id ON ic_timers (firm_id, project_id);

CREATE TABLE ic_lines (
    firm_id TEXT COLLATE "C" NOT NULL,
    invoice_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    minor BIGINT NOT NULL,
    session_id TEXT COLLATE "C",
    project_id TEXT COLLATE "C",
    person_id TEXT COLLATE "C",
    duration_us BIGINT,
    rate TEXT COLLATE "C",
    rate_currency TEXT COLLATE "C",
    day DATE,
    blocks BIGINT,
    charge_id TEXT COLLATE "C",
    kind TEXT COLLATE "C",
    tax TEXT COLLATE "C",
    CONSTRAINT ic_lines_pk PRIMARY KEY (firm_id, invoice_id, place),
    CONSTRAINT ic_lines_rate CHECK ((rate IS NULL) = (rate_currency IS NULL)),
    CONSTRAINT ic_lines_place CHECK (place >= 0),
    CONSTRAINT ic_lines_duration_us CHECK (duration_us >= 0),
    CONSTRAINT ic_lines_rate_currency CHECK (length(rate_currency) = 3),
    CONSTRAINT ic_lines_blocks CHECK (blocks >= 0),
    CONSTRAINT ic_lines_kind CHECK (kind IN ('expense', 'fee', 'allowance')),
    CONSTRAINT ic_lines_firm_id_invoice_id_fk FOREIGN KEY(firm_id, invoice_id) REFERENCES ic_invoices (firm_id, id),
    CONSTRAINT ic_lines_firm_id_session_id_fk FOREIGN KEY(firm_id, session_id) REFERENCES ic_sessions (firm_id, id),
    CONSTRAINT ic_lines_firm_id_charge_id_fk FOREIGN KEY(firm_id, charge_id) REFERENCES ic_charges (firm_id, id)
);

CREATE INDEX ic_lines_of_charge_id ON ic_lines (firm_id, charge_id) WHERE charge_id IS NOT NULL;

CREATE INDEX ic_lines_of_session_id ON ic_lines (firm_id, session_id) WHERE session_id IS NOT NULL;

CREATE VIEW ic_v_clients AS
    SELECT c.firm_id, c.id, c.name, c.archived, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.balance_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.balance_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.balance_minor * 0.0001 ELSE a.balance_minor * 0.01 END AS balance,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.allowed_balance_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.allowed_balance_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.allowed_balance_minor * 0.0001 ELSE a.allowed_balance_minor * 0.01 END AS allowed_balance,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.refill_threshold_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.refill_threshold_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.refill_threshold_minor * 0.0001 ELSE a.refill_threshold_minor * 0.01 END AS refill_threshold,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.outstanding_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.outstanding_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.outstanding_minor * 0.0001 ELSE a.outstanding_minor * 0.01 END AS outstanding,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.credit_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.credit_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.credit_minor * 0.0001 ELSE a.credit_minor * 0.01 END AS credit,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN a.unbilled_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN a.unbilled_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN a.unbilled_minor * 0.0001 ELSE a.unbilled_minor * 0.01 END AS unbilled
    FROM ic_clients AS c JOIN ic_accounts AS a ON a.firm_id = c.firm_id AND a.client_id = c.id;

CREATE VIEW ic_v_projects AS
    SELECT p.firm_id, p.id, p.name, p.client_id, c.name AS client, p.starts_on, p.billable, p.archived,
        p.billing, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.cap_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.cap_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN p.cap_minor * 0.0001 ELSE p.cap_minor * 0.01 END AS cap,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.cap_used_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.cap_used_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN p.cap_used_minor * 0.0001 ELSE p.cap_used_minor * 0.01 END AS cap_used
    FROM ic_projects AS p JOIN ic_clients AS c ON c.firm_id = p.firm_id AND c.id = p.client_id;

CREATE VIEW ic_v_people AS
    SELECT p.firm_id, p.id, p.name, p.role, p.email, p.client_id, p.archived
    FROM ic_people AS p;

CREATE VIEW ic_v_sessions AS
    SELECT s.firm_id, s.id, s.client_id, c.name AS client, s.project_id, p.name AS project, s.person_id,
        w.name AS person, s.start, round(s.duration_us / 3600000000.0, 6) AS hours, s.billable, s.rate_currency AS currency,
        CASE WHEN s.rate_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN s.minor::numeric WHEN s.rate_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN s.minor * 0.001 WHEN s.rate_currency IN ('CLF', 'UYW') THEN s.minor * 0.0001 ELSE s.minor * 0.01 END AS amount, s.note
    FROM ic_sessions AS s JOIN ic_clients AS c ON c.firm_id = s.firm_id AND c.id = s.client_id
        JOIN ic_projects AS p ON p.firm_id = s.firm_id AND p.id = s.project_id
        JOIN ic_people AS w ON w.firm_id = s.firm_id AND w.id = s.person_id
    WHERE NOT s.removed;

CREATE VIEW ic_v_charges AS
    SELECT h.firm_id, h.id, h.client_id, c.name AS client, h.project_id, p.name AS project, h.person_id,
        w.name AS person, h.kind, h.day, h.billable, h.currency,
        CASE WHEN h.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN h.minor::numeric WHEN h.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN h.minor * 0.001 WHEN h.currency IN ('CLF', 'UYW') THEN h.minor * 0.0001 ELSE h.minor * 0.01 END AS amount, h.cost, h.tax, h.note
    FROM ic_charges AS h JOIN ic_clients AS c ON c.firm_id = h.firm_id AND c.id = h.client_id
        LEFT JOIN ic_projects AS p ON p.firm_id = h.firm_id AND p.id = h.project_id
        JOIN ic_people AS w ON w.firm_id = h.firm_id AND w.id = h.person_id
    WHERE NOT h.removed;

CREATE VIEW ic_v_invoices AS
    SELECT i.firm_id, i.id, i.number, i.kind, i.status, i.client_id, c.name AS client, i.issued_on, i.due_on,
        i.currency,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.total_minor::numeric WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.total_minor * 0.001 WHEN i.currency IN ('CLF', 'UYW') THEN i.total_minor * 0.0001 ELSE i.total_minor * 0.01 END AS total,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.tax_minor::numeric WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.tax_minor * 0.001 WHEN i.currency IN ('CLF', 'UYW') THEN i.tax_minor * 0.0001 ELSE i.tax_minor * 0.01 END AS tax,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.covered_minor::numeric WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.covered_minor * 0.001 WHEN i.currency IN ('CLF', 'UYW') THEN i.covered_minor * 0.0001 ELSE i.covered_minor * 0.01 END AS covered,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN i.paid_minor::numeric WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN i.paid_minor * 0.001 WHEN i.currency IN ('CLF', 'UYW') THEN i.paid_minor * 0.0001 ELSE i.paid_minor * 0.01 END AS paid,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END)::numeric WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) * 0.001 WHEN i.currency IN ('CLF', 'UYW') THEN (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) * 0.0001 ELSE (CASE WHEN i.status = 'void' THEN 0 ELSE i.total_minor - i.covered_minor - i.paid_minor END) * 0.01 END AS amount_due
    FROM ic_invoices AS i JOIN ic_clients AS c ON c.firm_id = i.firm_id AND c.id = i.client_id;

CREATE VIEW ic_v_payments AS
    SELECT p.firm_id, p.id, p.client_id, c.name AS client, p.received_on, p.method, p.reference, p.currency,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.minor::numeric WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.minor * 0.001 WHEN p.currency IN ('CLF', 'UYW') THEN p.minor * 0.0001 ELSE p.minor * 0.01 END AS amount,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.reversed_minor::numeric WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.reversed_minor * 0.001 WHEN p.currency IN ('CLF', 'UYW') THEN p.reversed_minor * 0.0001 ELSE p.reversed_minor * 0.01 END AS reversed,
        CASE WHEN p.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN p.unapplied_minor::numeric WHEN p.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN p.unapplied_minor * 0.001 WHEN p.currency IN ('CLF', 'UYW') THEN p.unapplied_minor * 0.0001 ELSE p.unapplied_minor * 0.01 END AS unapplied
    FROM ic_payments AS p JOIN ic_clients AS c ON c.firm_id = p.firm_id AND c.id = p.client_id;

CREATE VIEW ic_v_entries AS
    SELECT e.firm_id, e.client_id || ':' || e.sequence AS id, e.client_id, c.name AS client, e.sequence, e.kind,
        e.booked_at, e.work_day, c.currency,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN e.minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN e.minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN e.minor * 0.0001 ELSE e.minor * 0.01 END AS amount,
        CASE WHEN c.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN e.balance_minor::numeric WHEN c.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN e.balance_minor * 0.001 WHEN c.currency IN ('CLF', 'UYW') THEN e.balance_minor * 0.0001 ELSE e.balance_minor * 0.01 END AS balance, e.invoice_id, e.note
    FROM ic_entries AS e JOIN ic_clients AS c ON c.firm_id = e.firm_id AND c.id = e.client_id;

CREATE FUNCTION ic_stay() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM ic_removals WHERE firm_id = OLD.firm_id AND going) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ': what was appended stays as it is';
END
$$;

CREATE TRIGGER ic_entries_stay BEFORE UPDATE OR DELETE ON ic_entries FOR EACH ROW EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_entries_no_truncate BEFORE TRUNCATE ON ic_entries EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_status_changes_stay BEFORE UPDATE OR DELETE ON ic_status_changes FOR EACH ROW EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_status_changes_no_truncate BEFORE TRUNCATE ON ic_status_changes EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_receivables_stay BEFORE UPDATE OR DELETE ON ic_receivables FOR EACH ROW EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_receivables_no_truncate BEFORE TRUNCATE ON ic_receivables EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_audit_stay BEFORE DELETE ON ic_audit FOR EACH ROW EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_audit_no_update BEFORE UPDATE ON ic_audit FOR EACH ROW WHEN (OLD.position IS NOT NULL OR (OLD.firm_id, OLD.id, OLD.at, OLD.by, OLD.action, OLD.changes, OLD.reason) IS DISTINCT FROM (NEW.firm_id, NEW.id, NEW.at, NEW.by, NEW.action, NEW.changes, NEW.reason)) EXECUTE FUNCTION ic_stay();

CREATE TRIGGER ic_audit_no_truncate BEFORE TRUNCATE ON ic_audit EXECUTE FUNCTION ic_stay();

CREATE FUNCTION ic_entries_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (
        NEW.sequence = 1 AND NEW.balance_minor = NEW.minor
        OR EXISTS (
            SELECT 1 FROM ic_entries AS former
            WHERE former.firm_id = NEW.firm_id
                AND former.client_id = NEW.client_id
                AND former.sequence = NEW.sequence - 1
                AND former.balance_minor = NEW.balance_minor - NEW.minor
        )
    ) THEN
        RETURN NEW;
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ': this does not follow from what was appended before';
END
$$;

CREATE TRIGGER ic_entries_follow BEFORE INSERT ON ic_entries FOR EACH ROW EXECUTE FUNCTION ic_entries_follow();

CREATE FUNCTION ic_status_changes_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (
        NEW.sequence = 1 AND NEW.before IS NULL
        OR EXISTS (
            SELECT 1 FROM ic_status_changes AS former
            WHERE former.firm_id = NEW.firm_id
                AND former.invoice_id = NEW.invoice_id
                AND former.sequence = NEW.sequence - 1
                AND former.after = NEW.before
        )
    ) THEN
        RETURN NEW;
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ': this does not follow from what was appended before';
END
$$;

CREATE TRIGGER ic_status_changes_follow BEFORE INSERT ON ic_status_changes FOR EACH ROW EXECUTE FUNCTION ic_status_changes_follow();

CREATE FUNCTION ic_receivables_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (
        NEW.sequence = 1
        OR EXISTS (
            SELECT 1 FROM ic_receivables AS former
            WHERE former.firm_id = NEW.firm_id
                AND former.client_id = NEW.client_id
                AND former.sequence = NEW.sequence - 1
        )
    ) THEN
        RETURN NEW;
    END IF;
    RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || ': this does not follow from what was appended before';
END
$$;

CREATE TRIGGER ic_receivables_follow BEFORE INSERT ON ic_receivables FOR EACH ROW EXECUTE FUNCTION ic_receivables_follow();

CREATE FUNCTION ic_audit_entities() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO ic_audit_entities (firm_id, entity_id, audit_id)
        SELECT DISTINCT NEW.firm_id, change->>1, NEW.id FROM jsonb_array_elements(NEW.changes) AS change;
    RETURN NULL;
END
$$;

CREATE TRIGGER ic_audit_entities AFTER INSERT ON ic_audit FOR EACH ROW EXECUTE FUNCTION ic_audit_entities()
