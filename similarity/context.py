def weights_notice(request): return {}
