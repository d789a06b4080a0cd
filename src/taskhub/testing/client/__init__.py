"""What a test suite uses: servers, tenants, the clock, faults. It knows the service by HTTP alone."""
